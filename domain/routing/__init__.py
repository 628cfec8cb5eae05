"""Who gets a ticket next, and why."""
