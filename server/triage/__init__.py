"""Triage at work: from an opened ticket to guesses, and from corrections to better ones."""
