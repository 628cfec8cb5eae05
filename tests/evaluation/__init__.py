"""Measuring what the assistant finds, and when it says that it does not know."""
