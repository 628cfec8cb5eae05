"""The rules of the assistant."""
