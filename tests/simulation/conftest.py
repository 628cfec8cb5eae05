"""The stores of the server's tests."""

from tests.server.conftest import mongodb_url, redis_url, settings, store

__all__ = ["mongodb_url", "redis_url", "settings", "store"]
