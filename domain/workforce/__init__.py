"""An agent's work: what is held of their capacity, and by which tickets."""
