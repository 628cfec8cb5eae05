"""WebSockets of our own: frames, sessions and the seam to uvicorn and python-engineio."""
