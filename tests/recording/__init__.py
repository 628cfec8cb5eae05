"""What the product asks of its store, recorded wherever a test runs it, and held to a list."""
