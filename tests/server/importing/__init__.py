"""The HTTP door: what it takes, what it answers, and what it lets nobody see."""
