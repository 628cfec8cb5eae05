"""After an upgrade: headers of an older shape are folded anew, be they looked at or not."""

from __future__ import annotations

import asyncio
import logging

from pymongo.errors import PyMongoError

from domain.errors import DomainError
from server.store.streams import Streams

logger = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
"""While an older node is still there, it goes on to write its own shape."""
AT_ONCE = 8


async def refold(streams: Streams) -> None:
    """Bring every header to this release's shape: counts and filters read what is stored."""
    outdated = await streams.headers.outdated()
    for start in range(0, len(outdated), AT_ONCE):
        some = outdated[start : start + AT_ONCE]
        await asyncio.gather(*(_refold(streams, stream) for stream in some))


async def _refold(streams: Streams, stream: str) -> None:
    """One stream's failure is its own."""
    try:
        await streams.projection.finish(stream)
    except (PyMongoError, DomainError) as error:
        logger.warning("%s keeps its older shape: %s", stream, error)
