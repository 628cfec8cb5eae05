"""What is known and written down: articles that answer questions."""
