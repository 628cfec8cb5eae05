"""All clocks of a ticket on their way through one commit."""

from __future__ import annotations

from domain.message import Event, Millis
from domain.sla.book import Book
from domain.sla.clocks import Under, hold, retarget, run
from domain.sla.events import SlaBreached, SlaChanged
from domain.sla.policy import Case, Policy
from domain.sla.state import Metric, Sla, SlaClock
from domain.ticket.state import Priority, Status

RESPONSES = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)
_COUNTING = (Status.OPEN, Status.IN_PROGRESS)
"""While it is pending on the client, no clock of ours runs."""


class Course:
    """Begins with the clocks as they are; `events` tell what became of them at `now`."""

    def __init__(self, sla: Sla | None, book: Book, priority: Priority, now: Millis) -> None:
        self._before = sla
        self._book = book
        self._now = now
        self._priority = priority
        self._policy = book.policy(sla.policy_id) if sla else None
        self._version = sla.policy_version if sla else 0
        self._calendar_id = sla.calendar_id if sla else None
        self._clocks = {clock.metric: clock for clock in (sla.clocks if sla else ())}
        self._told: list[Event] = []

    @property
    def clocks(self) -> tuple[SlaClock, ...]:
        return tuple(self._clocks[metric] for metric in Metric if metric in self._clocks)

    @property
    def under(self) -> Under | None:
        """What the clocks go by; None where that is not to be had."""
        time = self._book.time(self._calendar_id)
        return Under(self._policy, time) if self._policy and time else None

    def clock(self, metric: Metric) -> SlaClock | None:
        return self._clocks.get(metric)

    def waits(self) -> bool:
        """Whether an answer is owed already."""
        return any(each.met_at is None for m in RESPONSES if (each := self._clocks.get(m)))

    def put(self, clock: SlaClock) -> None:
        self._clocks[clock.metric] = clock

    def begin(self, metric: Metric) -> None:
        """Start a clock anew where something is promised; it runs from `turn` on."""
        target = self._target(metric)
        if target is not None:
            self._clocks[metric] = SlaClock(metric=metric, target=target, started_at=self._now)

    def meet(self, metric: Metric) -> None:
        clock = self._clocks.get(metric)
        if clock is not None and clock.met_at is None:
            self._hold(clock)
            self.put(self._clocks[metric].model_copy(update={"met_at": self._now}))

    def fit(self, case: Case, *, answered: bool, waiting: bool) -> None:
        """Follow the policy of a case; what was consumed stays so.

        What was promised before and is not any more rests. `answered`: somebody answered ever;
        `waiting`: the client said something since.
        """
        for clock in self.clocks:
            if clock.met_at is None:
                self._hold(clock)
        before = self._policy
        self._take(self._book.policy_for(case), case.priority)
        if self._policy is None:
            return
        for metric in Metric:
            clock, target = self._clocks.get(metric), self._target(metric)
            if target is None:
                continue
            if clock is None:
                self._adopt(metric, answered=answered, waiting=waiting)
            elif clock.met_at is None or metric is Metric.RESOLUTION:
                same = before is not None and before.id == self._policy.id
                self.put(retarget(clock, target, self._policy, same_policy=same))

    def turn(self, status: Status) -> None:
        """Let run what runs in a status, and rest what does not."""
        self._resolve(status)
        under = self.under
        for clock in self.clocks:
            promised = under is not None and self._target(clock.metric) is not None
            runs = status in _COUNTING and promised and clock.met_at is None
            if runs and clock.since is None and under is not None:
                self.put(run(clock, self._now, under))
            elif not runs and clock.since is not None:
                self._hold(clock)

    def events(self) -> list[Event]:
        """What is to be told: breaches that were not told yet, and how all clocks stand."""
        before = self._before
        if before is None and not self._clocks:
            return []
        known = (before.policy_id, before.clocks) if before else (None, ())
        policy_id = self._policy.id if self._policy else None
        if not self._told and known == (policy_id, self.clocks):
            return []
        return [*self._told, self.changed()]

    def changed(self) -> SlaChanged:
        """How everything stands."""
        return SlaChanged(
            policy_id=self._policy.id if self._policy else None,
            policy_version=self._version,
            calendar_id=self._calendar_id,
            clocks=self.clocks,
        )

    @property
    def moved(self) -> bool:
        """Whether the clocks go by something else than before."""
        before = self._before
        known = (before.policy_id, before.calendar_id) if before else (None, None)
        return known != (self._policy.id if self._policy else None, self._calendar_id)

    def differs(self) -> bool:
        """Whether anything comes out otherwise than before, be it counted in other pieces."""
        before = self._before.clocks if self._before else ()
        one, other = ([_promise(c, self._now) for c in each] for each in (before, self.clocks))
        return self.moved or one != other

    def _take(self, policy: Policy | None, priority: Priority) -> None:
        self._policy, self._priority = policy, priority
        self._version = policy.version if policy else 0
        self._calendar_id = policy.calendar_id if policy else None

    def _adopt(self, metric: Metric, *, answered: bool, waiting: bool) -> None:
        """Promise something for a ticket that is under way: from now on, not from its opening."""
        match metric:
            case Metric.FIRST_RESPONSE if answered:
                return
            case Metric.NEXT_RESPONSE if not (answered and waiting):
                return
            case _:
                self.begin(metric)

    def _resolve(self, status: Status) -> None:
        if not status.active:
            self.meet(Metric.RESOLUTION)
        elif (clock := self._clocks.get(Metric.RESOLUTION)) and clock.met_at is not None:
            self.put(clock.model_copy(update={"met_at": None}))

    def _hold(self, clock: SlaClock) -> None:
        """Pause a clock; one that came due meanwhile, and nobody was told, is breached first."""
        if clock.due_at is not None and clock.due_at <= self._now and clock.breached_at is None:
            clock = clock.model_copy(update={"breached_at": clock.due_at})
            self.put(clock)
            assert clock.due_at is not None
            self._told.append(
                SlaBreached(metric=clock.metric, due_at=clock.due_at, clocks=self.clocks)
            )
        self.put(hold(clock, self._now, self._book.time(self._calendar_id)))

    def _target(self, metric: Metric) -> Millis | None:
        return self._policy and self._policy.target(self._priority, metric)


def _promise(clock: SlaClock, now: Millis) -> SlaClock:
    """What a clock promises, whatever it counted so far, and has yet to say."""
    if clock.since is None:
        return clock
    return clock.model_copy(
        update={"since": 0, "consumed": 0, "wake_at": clock.wake_at and max(clock.wake_at, now)}
    )
