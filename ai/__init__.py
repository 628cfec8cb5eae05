"""Finds, answers, and knows when it does not know."""
