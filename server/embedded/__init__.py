"""A small document store that speaks MongoDB's wire protocol, on SQLite, in its own process."""
