"""Who must agree to a ticket, and who did, as part of its header."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.message import Id, Millis, Record


class ApprovalStatus(StrEnum):
    """What everybody may know of it."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class Rule(StrEnum):
    """Whose consent makes a level complete."""

    ALL = "all"
    ANY = "any"


class Level(Record):
    """Those who are asked together."""

    approver_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=20)]
    """Each once."""
    rule: Rule = Rule.ALL


class Decision(Record):
    """What somebody said, `for_id` instead of whom where they are a deputy."""

    approver_id: Id
    for_id: Id
    level: int
    approved: bool
    reason: str | None
    at: Millis


class Approval(Record):
    """A round of asking. `seq` is the generation of its links and of its timer."""

    seq: int
    levels: tuple[Level, ...]
    level: int = 0
    """The place of the level that is asked now; all are through where it is their number."""
    decisions: tuple[Decision, ...] = ()
    asked_at: Millis = 0
    """When the present level was asked."""
    reminded: int = 0
    deputies: dict[Id, Id] = Field(default_factory=dict[Id, Id])
    """By who is away, who is asked in their place in the present level; an approver of the level
    who is so asked stands beside them, for themselves."""
    wake_at: Millis | None = None
    """When those who did not answer are reminded; None where nobody is."""

    @property
    def asked(self) -> tuple[Id, ...]:
        """Who has still to answer."""
        if self.level >= len(self.levels):
            return ()
        answered = self.answered
        return tuple(each for each in self.levels[self.level].approver_ids if each not in answered)

    def answers_for(self, approver_id: Id) -> tuple[Id, ...]:
        """For whom one's answer counts in the present level: oneself, where nobody is away."""
        away = tuple(each for each, deputy in self.deputies.items() if deputy == approver_id)
        return away or (approver_id,)

    @property
    def answered(self) -> frozenset[Id]:
        """Who answered in the present level."""
        return frozenset(each.approver_id for each in self.decisions if each.level == self.level)
