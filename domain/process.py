"""A rule across streams: reserve, act, confirm or compensate, as steps owed by commits."""

from __future__ import annotations

from typing import Any

from domain.access import Actor
from domain.message import Command, Record
from domain.ticket.commands import AssignTicket, Reply
from domain.ticket.state import Ticket


class Step(Record):
    """A command that a commit still owes to another stream.

    `command` is the dumped command; its id is derived from the one that began the process, so
    that a step has one outcome however often it is tried. `digest`, where given, stands in for
    the command's own: the step then answers for the command that a person sent.
    """

    command: dict[str, Any]
    actor: Actor
    digest: str | None = None


def step_id(step: str, command_id: str) -> str:
    """The id of a step: with a colon, as only the machine's are."""
    return f"{step}:{command_id}"


def first_step(ticket: Ticket, command: Command, actor: Actor) -> Command | None:
    """What another stream must agree to before `command` is decided on this one."""
    raise NotImplementedError((ticket, AssignTicket, Reply))
