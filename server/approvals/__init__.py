"""Deciding by a link in a letter: what it is for, whether it still holds, and its page."""
