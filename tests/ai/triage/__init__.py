"""Guessing by examples, cues and a model."""
