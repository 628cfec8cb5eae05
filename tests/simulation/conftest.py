"""The stores of the server's tests."""

from tests.server.conftest import database, mongodb_url, redis_url, settings, store

__all__ = ["database", "mongodb_url", "redis_url", "settings", "store"]
