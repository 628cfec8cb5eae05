"""Where tickets come in: one inbox a brand, and the categories they are sorted by."""
