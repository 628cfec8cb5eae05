"""Finding what is known."""
