"""What people asked and nobody could answer: gathered, grouped by likeness, listed for writers."""
