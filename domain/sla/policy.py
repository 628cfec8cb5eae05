"""What is promised to whom: which tickets a policy is for, in how long, and what if not."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from domain.document import Document
from domain.message import Id, Millis, Record
from domain.people.state import Name
from domain.sla.business import MINUTE
from domain.sla.events import Act
from domain.sla.state import Metric
from domain.ticket.state import Priority, Tag

Minutes = Annotated[int, Field(ge=0, le=525_600)]
"""Of business time; at most those of a year."""
Percent = Annotated[int, Field(ge=1, le=99)]
Percents = Annotated[tuple[Percent, ...], Field(max_length=10)]
Position = Annotated[int, Field(ge=0, le=10_000)]
Several = Annotated[tuple[Id, ...], Field(max_length=100)]
ContactTags = Annotated[tuple[Tag, ...], Field(max_length=50)]


class Targets(Record):
    """In how many business minutes what is done; what has none is not promised."""

    first_response: Minutes | None = None
    next_response: Minutes | None = None
    resolution: Minutes | None = None

    def of(self, metric: Metric) -> Millis | None:
        """In milliseconds of business time."""
        minutes: int | None = getattr(self, metric.value)
        return None if minutes is None else minutes * MINUTE


class Rung(Record):
    """One rung of the ladder: at a percentage of the target, or business minutes after the breach.

    `metric`: of which clock; null: of each. `notify` are people who are told besides the owner.
    Reassigning lets the ticket wait for an owner again, in `team_id` or where it is; the
    supervisor is `agent_id`, who becomes its owner, or whoever supervises, where none is named.
    """

    act: Act
    metric: Metric | None = None
    percent: Annotated[int, Field(ge=1, le=1_000)] | None = None
    minutes_after: Minutes | None = None
    notify: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    agent_id: Id | None = None
    team_id: Id | None = None

    def after(self, target: Millis) -> Millis:
        """After how much business time it is taken."""
        if self.percent is not None:
            return target * self.percent // 100
        return target + (self.minutes_after or 0) * MINUTE


Ladder = Annotated[tuple[Rung, ...], Field(max_length=20)]


class Case(NamedTuple):
    """What of a ticket decides about its policy."""

    priority: Priority
    category: Id | None
    team_id: Id | None
    contact_tags: frozenset[str]


class Policy(Document):
    """The first active one by `position` that a ticket fits is the ticket's.

    A ticket fits where it has one of the named priorities, categories and teams, and its contact
    one of the tags; what names none fits all. `warn_at` are percentages of a target.
    """

    name: Name
    calendar_id: Id
    position: Position = 0
    active: bool = True
    priorities: Annotated[tuple[Priority, ...], Field(max_length=4)] = ()
    category_ids: Several = ()
    team_ids: Several = ()
    contact_tags: ContactTags = ()
    targets: dict[Priority, Targets]
    warn_at: Percents = ()
    ladder: Ladder = ()

    def misfit(self, case: Case) -> str | None:
        """The field for which a case is not this policy's; None where it fits."""
        if not self.active:
            return "active"
        if self.priorities and case.priority not in self.priorities:
            return "priorities"
        if self.category_ids and case.category not in self.category_ids:
            return "category_ids"
        if self.team_ids and case.team_id not in self.team_ids:
            return "team_ids"
        if self.contact_tags and case.contact_tags.isdisjoint(self.contact_tags):
            return "contact_tags"
        return None

    def target(self, priority: Priority, metric: Metric) -> Millis | None:
        """What is promised, in milliseconds of business time."""
        targets = self.targets.get(priority)
        return targets and targets.of(metric)

    def rungs(self, metric: Metric, target: Millis) -> list[Rung]:
        """The ladder of one clock, lowest rung first."""
        those = (rung for rung in self.ladder if rung.metric in (None, metric))
        return sorted(those, key=lambda rung: rung.after(target))
