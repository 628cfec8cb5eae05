"""The product as processes, killed in the middle of its work."""
