"""The supervisor, its stores and its children, as real processes."""
