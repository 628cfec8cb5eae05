"""What language models are told, and how what others wrote is fenced in it."""
