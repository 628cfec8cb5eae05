"""Triage: what is guessed of a new ticket, what of it counts at once, what people make of it."""
