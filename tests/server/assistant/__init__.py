"""The assistant at work."""
