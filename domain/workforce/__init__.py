"""An agent's work: what they carry, what they say of themselves, and whether they are free."""
