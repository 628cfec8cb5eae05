"""A first draft of an article from what was said in a ticket."""
