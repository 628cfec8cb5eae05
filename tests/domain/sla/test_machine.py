"""Whatever happens to a ticket, its clocks say what somebody with a wristwatch would say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.sla.clocks import consumed_by
from domain.sla.state import Metric
from domain.ticket.state import Status
from tests.domain.sla.hours import MINUTE, OFFICE, business, calendar, hours
from tests.domain.sla.oracle import Watched
from tests.domain.sla.promises import FIRST, NEXT, RESOLUTION, Promising, book, policy, targets

SPLIT = (hours(OFFICE, "09:00", "13:00"), hours(OFFICE, "14:00", "18:00"))
ZONE, DAY = "Europe/Berlin", "2026-10-25"  # The clocks go back that Sunday.
PROMISED = {
    "medium": {FIRST: 60, NEXT: 90, RESOLUTION: 480},
    "urgent": {FIRST: 15, NEXT: 30, RESOLUTION: 120},
}


@cache
def _minutes() -> Watched:
    return Watched(calendar(*SPLIT, zone=ZONE), {"2026-10-26"}, DAY, 40)


@dataclass
class Watch:
    """What somebody notes of one clock, in minutes."""

    target: int
    consumed: int = 0
    met: bool = False


class Clocks(RuleBasedStateMachine):
    """One ticket, and somebody who notes beside it what counts."""

    def __init__(self) -> None:
        super().__init__()
        self.minutes = _minutes()
        time = business(*SPLIT, zone=ZONE, holidays=["2026-10-26"])
        promised = {
            priority: targets(each[FIRST], each[NEXT], each[RESOLUTION])
            for priority, each in PROMISED.items()
        }
        everybody = policy(
            targets=promised, warn_at=(50, 80), ladder=({"act": "notify", "minutes_after": 5},)
        )
        self.desk = Promising(book(everybody, time=time))
        self.time = time
        self.now = self.minutes.start + 17 * 24 * 60 * MINUTE
        self.desk.now = self.now
        self.ticket = self.desk.open()
        self.status, self.priority = "open", "medium"
        self.noted = {metric: Watch(PROMISED["medium"][metric]) for metric in (FIRST, RESOLUTION)}

    # What can happen.

    @rule(minutes=st.one_of(st.integers(1, 90), st.integers(90, 3_000)))
    @precondition(lambda self: self.now < self.minutes.end - 3_000 * MINUTE)
    def wait(self, minutes: int) -> None:
        then = self.now + minutes * MINUTE
        if self.status in ("open", "in_progress"):
            for watch in self.noted.values():
                if not watch.met:
                    watch.consumed += self.minutes.between(self.now, then)
        self.now = then

    @rule()
    @precondition(lambda self: self.status != "closed")
    def staff_answer(self) -> None:
        self._then().says(self.desk.ada, self.ticket)
        for metric in (FIRST, NEXT):
            if watch := self.noted.get(metric):
                watch.met = True

    @rule()
    def staff_note(self) -> None:
        self._then().says(self.desk.bob, self.ticket, visibility="private")

    @rule()
    def the_client_writes(self) -> None:
        self._then().says(self.desk.carl, self.ticket)
        if all(self.noted[each].met for each in (FIRST, NEXT) if each in self.noted):
            self.noted[NEXT] = Watch(PROMISED[self.priority][NEXT])
        if self.status in ("pending", "resolved"):
            self._becomes("open")

    @rule(status=st.sampled_from(("open", "in_progress", "pending", "resolved")))
    def staff_set(self, status: str) -> None:
        if self.status == "resolved" and status == "pending":
            return  # A resolved ticket cannot become pending.
        self._then().status(self.ticket, status)
        self._becomes(status)

    @rule(priority=st.sampled_from(("medium", "urgent")))
    @precondition(lambda self: Status(self.status).active)
    def staff_rank(self, priority: str) -> None:
        self._then().priority(self.ticket, priority)
        if priority != self.priority:
            self.priority = priority
            self._retarget()

    @rule()
    @precondition(lambda self: self.late())
    def what_is_due_is_said(self) -> None:
        self._then().tick(self.ticket)
        assert (self.desk.sla(self.ticket).wake_at or self.now + 1) > self.now
        for metric, watch in self.noted.items():
            clock = self.desk.clock(self.ticket, metric)
            if clock.since is not None:
                assert (clock.breached_at is not None) is (watch.consumed >= watch.target)
                reached = sum(watch.consumed * 100 >= watch.target * each for each in (50, 80))
                assert len(clock.warned) == reached or clock.breached_at is not None
                assert clock.escalated == (watch.consumed >= watch.target + 5)

    @rule()
    @precondition(lambda self: not self.late())
    def nothing_is_recalculated(self) -> None:
        """Policies and calendars are what they were: nothing comes out otherwise."""
        assert self._then().recalculate(self.ticket) == ()

    # What must be so.

    @invariant()
    def the_clocks_say_what_was_noted(self) -> None:
        assert self.desk.now_of(self.ticket).status.value == self.status
        sla = self.desk.sla(self.ticket)
        assert {clock.metric for clock in sla.clocks} == set(self.noted)
        for metric, watch in self.noted.items():
            clock = self.desk.clock(self.ticket, metric)
            said = (metric, clock, watch)
            assert consumed_by(clock, self.now, self.time) == watch.consumed * MINUTE, said
            assert clock.target == watch.target * MINUTE, said
            assert (clock.met_at is not None) is watch.met, said
            runs = self.status in ("open", "in_progress") and not watch.met
            assert (clock.since is not None) is runs, said
            left = watch.target - watch.consumed
            if runs and left > 0 and (due := self.minutes.add(self.now, left)) is not None:
                assert clock.due_at == due, said

    def late(self) -> bool:
        wake_at = self.desk.sla(self.ticket).wake_at
        return wake_at is not None and wake_at <= self.now

    def _then(self) -> Promising:
        self.desk.now = self.now
        return self.desk

    def _becomes(self, status: str) -> None:
        was_active, active = Status(self.status).active, Status(status).active
        self.status = status
        self.noted[RESOLUTION].met = not active
        if active and not was_active:
            self._retarget()

    def _retarget(self) -> None:
        for metric, watch in self.noted.items():
            if not watch.met:
                watch.target = PROMISED[self.priority][Metric(metric)]


Clocks.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
test_clocks = Clocks.TestCase
