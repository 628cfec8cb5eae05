"""The composition root and the HTTP door."""
