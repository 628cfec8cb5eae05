"""What happens because nothing happened: resolved tickets close after their quiet days."""

from __future__ import annotations

import logging

from domain.errors import DomainError
from domain.message import Millis
from domain.ports import Clock, Dispatch
from domain.process import MACHINE
from domain.ticket.commands import CloseQuiet
from domain.ticket.state import Status
from server.store.connect import Store
from server.store.leases import Leases
from server.store.models import TicketHeader

logger = logging.getLogger(__name__)

LEASE = "timers"
LEASE_MS = 60_000
EVERY_SECONDS = 30.0
PAGE = 200


class QuietTickets:
    """Fires once a generation: the command's id is made of the stream and the generation."""

    def __init__(
        self,
        store: Store,
        leases: Leases,
        dispatch: Dispatch,
        clock: Clock,
        quiet_after: Millis,
    ) -> None:
        self._tickets = store[TicketHeader]
        self._leases = leases
        self._dispatch = dispatch
        self._clock = clock
        self._quiet_after = quiet_after

    async def fire(self) -> int:
        """Close what was resolved and quiet for long enough; how many were asked to close."""
        if await self._leases.acquire(LEASE, LEASE_MS) is None:
            return 0
        due = {
            "state.status": Status.RESOLVED.value,
            "state.status_at": {"$lte": self._clock.now() - self._quiet_after},
            "listed": True,
        }
        found = await self._tickets.find(due, {"state.status_seq": 1}).limit(PAGE).to_list()
        for raw in found:
            await self._close(raw["_id"], raw["state"]["status_seq"])
        return len(found)

    async def _close(self, ticket_id: str, generation: int) -> None:
        command = CloseQuiet(
            command_id=f"close_quiet:ticket:{ticket_id}:{generation}",
            ticket_id=ticket_id,
            generation=generation,
        )
        try:
            await self._dispatch.dispatch(command, MACHINE)
        except DomainError as error:
            logger.warning("ticket %s is not closed yet: %s", ticket_id, error)
