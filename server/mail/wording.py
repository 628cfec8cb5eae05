"""What a notice says, in a line: whose act it was and what, and no words but the machine's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.message import ActorKind, ActorRef, Id
from domain.notification.state import Notice
from server.mail.words import Words

Names = Mapping[Id, Mapping[str, Any]]


def line_of(notice: Notice, names: Names, words: Words, *, client: bool) -> str:
    """Such as 'Ada assigned it to you.'"""
    lines = words.lines | words.to_clients if client else words.lines
    detail = notice.detail
    return lines[notice.kind].format(
        who=name_of(notice.actor, names, words),
        status=words.statuses.get(str(detail.get("status")), ""),
        metric=words.statuses.get(str(detail.get("metric")), ""),
        decision=words.decisions[bool(detail.get("approved"))],
    )


def name_of(actor: ActorRef, names: Names, words: Words) -> str:
    """How somebody is called now."""
    if actor.kind in (ActorKind.SYSTEM, ActorKind.ASSISTANT):
        return words.machine
    return str(names.get(actor.id, {}).get("name", words.somebody))
