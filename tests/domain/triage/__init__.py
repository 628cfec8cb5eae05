"""Triage: what counts of guesses, and who has the last word."""
