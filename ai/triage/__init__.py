"""Guessing what a new ticket is about, how urgent it is, how its writer feels: no I/O in here."""
