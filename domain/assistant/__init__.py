"""The assistant: whose turn it is in a ticket, what it may say, and when it leaves it to people."""
