"""All that was promised, as a decision needs it: the policies in order, and their calendars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from domain.message import Id
from domain.sla.business import BusinessTime
from domain.sla.policy import Case, Policy


class Book:
    """`times` are the calendars by id, their holidays worked in. Nothing in it is changed."""

    def __init__(
        self, policies: Iterable[Policy] = (), times: Mapping[Id, BusinessTime] | None = None
    ) -> None:
        self.policies = tuple(sorted(policies, key=lambda each: (each.position, each.id)))
        self.times = times or {}

    @cached_property
    def asks_for_tags(self) -> bool:
        """Whether the tags of a contact may decide about anything."""
        return any(each.contact_tags for each in self.policies)

    @cached_property
    def begins_late(self) -> bool:
        """Whether some tickets get their first clock only when the client writes again."""
        return any(
            targets.next_response and not (targets.first_response or targets.resolution)
            for each in self.policies
            for targets in each.targets.values()
        )

    @property
    def supervisors(self) -> list[Id]:
        """Whom the ladders name to be handed tickets."""
        return [rung.agent_id for each in self.policies for rung in each.ladder if rung.agent_id]

    def policy(self, policy_id: Id | None) -> Policy | None:
        return next((each for each in self.policies if each.id == policy_id), None)

    def time(self, calendar_id: Id | None) -> BusinessTime | None:
        return None if calendar_id is None else self.times.get(calendar_id)

    def policy_for(self, case: Case) -> Policy | None:
        """The first that fits."""
        for each in self.policies:
            if each.misfit(case) is None and each.calendar_id in self.times:
                return each
        return None


EMPTY = Book()
