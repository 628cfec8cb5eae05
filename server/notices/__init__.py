"""Telling people what concerns them: in their own room, and by mail where they want that."""
