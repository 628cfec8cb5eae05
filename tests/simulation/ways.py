"""Ways of giving tickets: the product's own, and two that many know."""

from __future__ import annotations

from collections import Counter

from domain.errors import DomainError
from domain.process import MACHINE
from domain.ticket.commands import AssignTicket
from server.jobs.handover import Handover
from server.jobs.routing import Router
from server.jobs.timers import Scheduler, waking
from server.store.leases import Leases
from server.store.streams import Streams
from tests.simulation.day import MINUTE, Case, Day
from tests.simulation.plan import Person

VANISHED = 10 * MINUTE


class Deskwire:
    """The router, the handing over and the timers, as the worker runs them."""

    def __init__(self, day: Day) -> None:
        leases, dispatcher, clock = Leases(day.store, day.clock), day.dispatcher, day.clock
        headers = Streams(day.store).headers
        self._day = day
        self._router = Router(day.store, leases, dispatcher, clock)
        self._handover = Handover(day.store, leases, dispatcher, clock, VANISHED)
        sources = [waking(day.store, headers, kind) for kind in ("ticket", "agent")]
        self._timers = Scheduler(leases, dispatcher, clock, sources)

    async def turn(self, minute: int) -> None:
        await self._timers.fire()
        if minute % 5 == 0:
            await self._handover.look()
        await self._day.dispatcher.close()
        await self._router.round()


class _ByHand:
    """Gives each ticket as it came to the first in some order who is connected."""

    def __init__(self, day: Day) -> None:
        self.day = day

    def order(self, case: Case, members: list[Person]) -> list[Person]:
        raise NotImplementedError

    async def turn(self, minute: int) -> None:
        for case in self.day.waiting():
            members = self.day.members(case.arrival.team)
            there = [each for each in members if each.is_connected(minute)]
            for person in self.order(case, there):
                if await self._give(case, person, minute):
                    break

    async def _give(self, case: Case, person: Person, minute: int) -> bool:
        command = AssignTicket(
            command_id=f"by-hand:{case.id}:{person.id}:{minute}",
            ticket_id=case.id,
            agent_id=person.id,
        )
        try:
            await self.day.dispatcher.dispatch(command, MACHINE)
        except DomainError:
            return False  # The product lets nobody carry too much, whoever gives it.
        return True


class RoundRobin(_ByHand):
    """One after another."""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        self._turns: Counter[str] = Counter()
        self._turn = 0

    def order(self, case: Case, members: list[Person]) -> list[Person]:
        ordered = sorted(members, key=lambda each: (self._turns[each.id], each.id))
        self._turn += 1
        if ordered:
            self._turns[ordered[0].id] = self._turn
        return ordered


class LeastLoaded(_ByHand):
    """Whoever has the fewest tickets."""

    def order(self, case: Case, members: list[Person]) -> list[Person]:
        open_now = Counter(each.owner for each in self.day.active.values())
        return sorted(members, key=lambda each: (open_now[each.id], each.id))


WAYS = {"Deskwire": Deskwire, "round-robin": RoundRobin, "fewest tickets": LeastLoaded}
