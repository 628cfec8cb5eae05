"""Letters to those we help: what they say, when they are owed, and how they leave the house."""
