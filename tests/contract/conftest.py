"""The product as it runs, for looking at what it really sends."""

from tests.server.test_product import processes, settings

__all__ = ["processes", "settings"]
