"""Copies of a whole store: taken while it runs, put back without breaking a promise."""
