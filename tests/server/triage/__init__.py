"""Triage from an opened ticket to what people make of it."""
