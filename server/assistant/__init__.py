"""The assistant at work: from a client's message to its answer, or to people."""
