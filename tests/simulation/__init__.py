"""A whole day of a whole house, drawn from a seed, through the real dispatch."""
