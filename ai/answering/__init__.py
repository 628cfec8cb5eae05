"""Answering from articles, and knowing when not to."""
