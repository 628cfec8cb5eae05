"""What a command makes of somebody's preferences."""

from __future__ import annotations

from domain.access import Actor
from domain.document import Change, Document, edited
from domain.errors import Forbidden
from domain.message import Millis
from domain.notification.commands import SetPreferences
from domain.notification.state import Preferences

_FIELDS = ("language", "zone", "quiet", "digest", "channels")


def decide(
    before: Document | None, command: Change, actor: Actor, now: Millis, facts: object
) -> Document | None:
    """The document after a command; the first one makes it. Raises DomainError."""
    if not isinstance(command, SetPreferences):
        raise TypeError(f"{command.type} is not about preferences")
    if actor.is_machine or actor.guest:
        raise Forbidden("Only somebody with an account has preferences.")
    present = before if isinstance(before, Preferences) else Preferences(id=actor.id)
    return edited(present, command, _FIELDS, empties=("zone", "quiet"))
