"""What people are told of, and how each of them wants to be told."""
