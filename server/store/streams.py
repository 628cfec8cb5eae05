"""The logged streams as one thing: the log and everything that is derived from it."""

from __future__ import annotations

from collections.abc import Callable

from server.store.connect import Store
from server.store.headers import Headers
from server.store.journal import Journal
from server.store.messages import Messages
from server.store.projection import Projection
from server.store.tombstones import Tombstones


class Streams:
    """The parts of the data path, joined on one store; lists do not show what is `untold`."""

    def __init__(self, store: Store, untold: Callable[[str], bool] = lambda _stream: False) -> None:
        self.journal = Journal(store)
        self.headers = Headers(store, self.journal, untold)
        self.messages = Messages(store)
        self.projection = Projection(self.journal, self.headers, self.messages, Tombstones(store))
