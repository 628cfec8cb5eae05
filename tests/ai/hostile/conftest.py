"""The assistant's worker and the house that it works in, as its own tests have them."""

from tests.server.assistant.conftest import house, realtime, worker
from tests.server.conftest import database, mongodb_url, redis, redis_url, settings, store
from tests.server.dispatch.conftest import clock, heard

__all__ = [
    "clock",
    "database",
    "heard",
    "house",
    "mongodb_url",
    "realtime",
    "redis",
    "redis_url",
    "settings",
    "store",
    "worker",
]
