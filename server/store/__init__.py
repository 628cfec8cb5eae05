"""What is kept: the log, and the documents that are derived from it or stand beside it."""
