"""The rules of what was promised."""
