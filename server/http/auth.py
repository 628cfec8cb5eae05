"""auth."""

OPERATIONS = ()
