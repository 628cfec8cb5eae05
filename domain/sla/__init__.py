"""How soon a ticket must be answered and resolved, in business time."""
