"""What a command makes of a leave."""

from __future__ import annotations

from domain.access import Actor, Belonging, Permission, allows
from domain.document import Change, Document, edited, present
from domain.errors import Flaw, Forbidden, Invalid
from domain.leave.commands import CreateLeave, DeleteLeave, FollowCalendar, UpdateLeave
from domain.leave.facts import Facts
from domain.leave.state import LONGEST, Leave
from domain.message import Id, Millis


def decide(
    before: Document | None, command: Change, actor: Actor, now: Millis, facts: Facts
) -> Leave | None:
    """The leave after a command, None where it shall be no more; raises DomainError.

    What comes back equal to `before` changes nothing. A new leave has version 0.
    """
    if before is not None and not isinstance(before, Leave):
        raise TypeError(f"{type(before).__name__} is not a Leave")
    match command:
        case CreateLeave() | FollowCalendar():
            _check_may(actor, command.user_id)
            if not facts.works_here:
                raise Invalid("Nobody works here under that id.", fields={"user_id": Flaw.UNKNOWN})
            named = command.model_dump(include={"user_id", "start", "end", "note", "url"})
            return _checked(Leave(id=command.document_id(actor.id), **named))
        case UpdateLeave():
            leave = present(before, command)
            _check_may(actor, leave.user_id)
            return _checked(edited(leave, command, ("start", "end", "note", "url")))
        case DeleteLeave():
            _check_may(actor, present(before, command).user_id)
            return None
        case _:
            raise TypeError(f"{command.type} is not about leave")


def may_manage(actor: Actor, user_id: Id) -> bool:
    """Whether somebody looks after a person's status, breaks and leave: everybody their own."""
    whose = Belonging(requester_id=None, company_id=None, team_id=None, owner_id=user_id)
    return allows(actor, Permission.AGENT_MANAGE, whose)


def _check_may(actor: Actor, user_id: Id) -> None:
    if not may_manage(actor, user_id):
        raise Forbidden("You may do this for yourself only.")


def _checked(leave: Leave) -> Leave:
    if leave.url is not None:
        if leave.start is not None or leave.end is not None:
            raise Invalid(
                "A calendar says itself from when to when.", fields={"start": Flaw.NOT_FOR_THIS}
            )
        return leave
    if leave.start is None or leave.end is None or leave.end <= leave.start:
        raise Invalid("A leave ends after it starts.", fields={"end": Flaw.ENDS_FIRST})
    if leave.end - leave.start > LONGEST:
        raise Invalid("No leave is longer than two years.", fields={"end": Flaw.TOO_LONG})
    return leave
