"""The HTTP door: REST, uploads, health, and the built web pages."""
