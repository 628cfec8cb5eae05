"""What ends with a shift, a leave that begins, or somebody who vanishes: they are warned, and what
waits for their answer goes back to the queue. A leave does so in every team; the rest in those that
are routed, since elsewhere nobody would be given it, and its owner is back soon.

Nothing is noted beside the streams: who is looked at again is asked the same, by the same ids. So
it is done once for each shift, leave or absence, whoever dies meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import NamedTuple

from domain.errors import DomainError
from domain.message import Command, Id, Millis
from domain.people.state import User
from domain.ports import Clock, Dispatch
from domain.routing.commands import RequeueTicket
from domain.routing.decide import is_unanswered
from domain.routing.events import RequeueReason
from domain.ticket.state import Status, Ticket
from domain.workforce.availability import Availability, Reason
from domain.workforce.commands import WarnShiftEnd
from server.jobs.routing import ROUTER, routed_teams
from server.store.connect import Raw, Store
from server.store.documents import find
from server.store.leases import Leases
from server.store.models import AgentHeader, TicketHeader
from server.store.roster import Colleague, load_roster
from server.store.tickets import load_ticket

logger = logging.getLogger(__name__)

LEASE = "handover"
LEASE_MS = 15_000
EVERY_SECONDS = 5.0


class Gone(NamedTuple):
    """Why somebody's unanswered tickets go back; `generation` is the same all the while."""

    agent_id: Id
    reason: RequeueReason
    generation: Millis


class Handover:
    """One at a time among all workers. `vanished_after` is in milliseconds."""

    def __init__(
        self,
        store: Store,
        leases: Leases,
        dispatch: Dispatch,
        clock: Clock,
        vanished_after: Millis,
    ) -> None:
        self._store = store
        self._leases = leases
        self._dispatch = dispatch
        self._clock = clock
        self._vanished_after = vanished_after

    async def look(self) -> int:
        """One look at everybody in a team; how much was asked for."""
        if await self._leases.acquire(LEASE, LEASE_MS) is None:
            return 0
        now = self._clock.now()
        routed = {team.id for team in await routed_teams(self._store)}
        asked: list[Command] = []
        gone: dict[Id, Gone] = {}
        for who, each in (await load_roster(self._store, now)).items():
            found = each.availability(now)
            if not routed.isdisjoint(each.team_ids):
                asked += _warning(each, found)
            if why := self._gone(each, found, now):
                gone[who] = why
        gone |= {each.id: _closed(each) for each in await self._closed_accounts()}
        asked += await self._requeue(gone, routed)
        for command in asked:
            await self._ask(command)
        return len(asked)

    def _gone(self, each: Colleague, found: Availability, now: Millis) -> Gone | None:
        """Why nobody can count on their answer now; None while somebody can."""
        match found.reason:
            case Reason.ON_LEAVE:
                return Gone(each.user.id, RequeueReason.LEAVE, found.until or 0)
            case Reason.OFF_SHIFT:
                return Gone(each.user.id, RequeueReason.SHIFT_END, found.until or 0)
            case _:
                absent = not each.connected and each.since + self._vanished_after <= now
                return Gone(each.user.id, RequeueReason.VANISHED, each.since) if absent else None

    async def _closed_accounts(self) -> list[User]:
        """Who was given something once and works here no more; the roster has them no more."""
        given = self._store[AgentHeader].find({"state.given_at": {"$gt": 0}}, {"_id": 1})
        ids = [raw["_id"] async for raw in given]
        return await find(self._store, User, {"_id": {"$in": ids}, "state.active": False})

    async def _requeue(
        self, gone: Mapping[Id, Gone], routed: Collection[Id]
    ) -> list[RequeueTicket]:
        """Their tickets that wait for an answer; what was asked once leads to nothing again."""
        on_leave = [who for who, why in gone.items() if why.reason is RequeueReason.LEAVE]
        others = [who for who in gone if who not in on_leave]
        within = {"state.team_id": {"$in": list(routed)}}
        tickets = [
            *await self._at_work({"state.owner_id": {"$in": on_leave}}),
            *await self._at_work({"state.owner_id": {"$in": others}, **within}),
        ]
        return [
            _command(ticket, why)
            for ticket in tickets
            if (why := gone.get(ticket.owner_id or "")) and is_unanswered(ticket)
        ]

    async def _at_work(self, where: Raw) -> list[Ticket]:
        """Of such tickets those that somebody works on."""
        active = {"state.status": {"$in": [Status.OPEN.value, Status.IN_PROGRESS.value]}}
        found = self._store[TicketHeader].find({**where, **active, "listed": True})
        return [await load_ticket(self._store, raw) async for raw in found]

    async def _ask(self, command: Command) -> None:
        try:
            await self._dispatch.dispatch(command, ROUTER)
        except DomainError as error:
            logger.warning("%s is not done yet: %s", command.command_id, error)


def _closed(user: User) -> Gone:
    """A leave that has no end; closed once more after it was opened again, it is another."""
    return Gone(user.id, RequeueReason.LEAVE, user.version)


def _command(ticket: Ticket, gone: Gone) -> RequeueTicket:
    name = f"{gone.reason.value}:{gone.agent_id}:{gone.generation}"
    return RequeueTicket(
        command_id=f"requeue:ticket:{ticket.id}:{name}",
        ticket_id=ticket.id,
        agent_id=gone.agent_id,
        reason=gone.reason,
    )


def _warning(each: Colleague, found: Availability) -> list[WarnShiftEnd]:
    if found.reason is not Reason.SHIFT_ENDING or found.until is None:
        return []
    if each.agent.warned_until >= found.until:
        return []
    name = f"warn_shift_end:agent:{each.user.id}:{found.until}"
    return [WarnShiftEnd(command_id=name, agent_id=each.user.id, until=found.until)]
