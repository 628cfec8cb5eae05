"""What a command makes of an inbox or a category."""

from __future__ import annotations

from domain.access import Actor, Permission
from domain.document import Change, Document, edited, present, require
from domain.errors import Conflict, Invalid
from domain.inbox.commands import (
    CreateCategory,
    CreateInbox,
    DeleteCategory,
    DeleteInbox,
    RenewIdentitySecret,
    UpdateCategory,
    UpdateInbox,
)
from domain.inbox.facts import Facts
from domain.inbox.state import DEFAULT_INBOX_ID, Category, Inbox
from domain.message import Millis

InboxCommand = CreateInbox | UpdateInbox | RenewIdentitySecret | DeleteInbox
CategoryCommand = CreateCategory | UpdateCategory | DeleteCategory


def decide(
    before: Document | None, command: Change, actor: Actor, now: Millis, facts: Facts
) -> Document | None:
    """The document after a command, None where it shall be no more; raises DomainError.

    What comes back equal to `before` changes nothing. A new document has version 0.
    """
    require(actor, Permission.SETTINGS_MANAGE)
    match command:
        case CreateInbox() | UpdateInbox() | RenewIdentitySecret() | DeleteInbox():
            if before is None or isinstance(before, Inbox):
                return _decide_inbox(before, command, actor, facts)
        case CreateCategory() | UpdateCategory() | DeleteCategory():
            if before is None or isinstance(before, Category):
                return _decide_category(before, command, actor, facts)
        case _:
            pass
    raise TypeError(f"{command.type} is not about a {type(before).__name__}")


def _decide_inbox(
    before: Inbox | None, command: InboxCommand, actor: Actor, facts: Facts
) -> Inbox | None:
    if isinstance(command, CreateInbox):
        _check_team(facts)
        return Inbox(
            id=command.document_id(actor.id),
            name=command.name,
            team_id=command.team_id,
            address=command.address,
            colour=command.colour,
            signature=command.signature,
            auto_reply=command.auto_reply,
            sites=command.sites,
        )
    inbox = present(before, command)
    if isinstance(command, UpdateInbox):
        _check_team(facts)
        fields = ("name", "team_id", "address", "colour", "signature", "auto_reply", "sites")
        return edited(inbox, command, fields, empties=("address",))
    if isinstance(command, RenewIdentitySecret):
        return inbox.model_copy(update={"identity_key": inbox.identity_key + 1})
    if inbox.id == DEFAULT_INBOX_ID:
        raise Conflict("The first inbox gets the tickets that name none; it cannot be deleted.")
    _check_needed(facts)
    return None


def _decide_category(
    before: Category | None, command: CategoryCommand, actor: Actor, facts: Facts
) -> Category | None:
    if isinstance(command, DeleteCategory):
        present(before, command)
        _check_needed(facts)
        return None
    _check_team(facts)
    if strangers := [each for each in command.approver_ids or () if each not in facts.staff_ids]:
        raise Invalid(
            "Only people who work here can approve.", fields={"approver_ids": ", ".join(strangers)}
        )
    if isinstance(command, CreateCategory):
        return Category(
            id=command.document_id(actor.id),
            name=command.name,
            keywords=command.keywords,
            team_id=command.team_id,
            approver_ids=command.approver_ids,
        )
    fields = ("name", "keywords", "team_id", "approver_ids")
    return edited(present(before, command), command, fields, empties=("team_id",))


def _check_team(facts: Facts) -> None:
    if not facts.team_known:
        raise Invalid("There is no such team.", fields={"team_id": "not a team"})


def _check_needed(facts: Facts) -> None:
    if facts.needed_by:
        raise Conflict(
            f"It is needed by {', '.join(facts.needed_by)}.",
            fields={"needed_by": list(facts.needed_by)},
        )
