"""What a command makes of an inbox or a category."""

from __future__ import annotations

from domain.access import Actor, Permission
from domain.document import Change, Document, edited, present, require
from domain.errors import Conflict, Flaw, Invalid
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
from domain.inbox.state import DEFAULT_INBOX_ID, Category, Inbox, Levels, SkillNeeds
from domain.message import Millis

InboxCommand = CreateInbox | UpdateInbox | RenewIdentitySecret | DeleteInbox
CategoryCommand = CreateCategory | UpdateCategory | DeleteCategory

_EDITABLE = (
    *("name", "team_id", "address", "colour", "signature", "auto_reply", "sites"),
    *("assistant", "fallback", "triage"),
)


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
            assistant=command.assistant,
            fallback=command.fallback,
            triage=command.triage,
        )
    inbox = present(before, command)
    if isinstance(command, UpdateInbox):
        _check_team(facts)
        return edited(inbox, command, _EDITABLE, empties=("address",))
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
    _check_approval(command.approval or (), facts)
    if not facts.staff_ids.issuperset(command.member_ids or ()):
        raise Invalid(
            "Only people who work here can be given tickets.",
            fields={"member_ids": Flaw.NOT_STAFF},
        )
    _check_skills(command.skills or (), facts)
    if isinstance(command, CreateCategory):
        return Category(
            id=command.document_id(actor.id),
            name=command.name,
            keywords=command.keywords,
            team_id=command.team_id,
            member_ids=command.member_ids,
            skills=command.skills,
            approval=command.approval,
        )
    fields = ("name", "keywords", "team_id", "member_ids", "skills", "approval")
    return edited(present(before, command), command, fields, empties=("team_id",))


def _check_skills(needs: SkillNeeds, facts: Facts) -> None:
    named = [each.skill_id for each in needs]
    if not facts.skill_ids.issuperset(named):
        raise Invalid("There is no such skill.", fields={"skills": Flaw.UNKNOWN})
    if len(set(named)) < len(named):
        raise Invalid("A skill is named twice.", fields={"skills": Flaw.TWICE})


def _check_approval(levels: Levels, facts: Facts) -> None:
    for place, level in enumerate(levels):
        path = f"approval.{place}"
        if len(set(level.approver_ids)) < len(level.approver_ids):
            raise Invalid("An approver is named twice.", fields={path: Flaw.TWICE})
        if not facts.staff_ids.issuperset(level.approver_ids):
            raise Invalid("Only people who work here can approve.", fields={path: Flaw.NOT_STAFF})


def _check_team(facts: Facts) -> None:
    if not facts.team_known:
        raise Invalid("There is no such team.", fields={"team_id": Flaw.UNKNOWN})


def _check_needed(facts: Facts) -> None:
    if facts.needed_by:
        raise Conflict(
            f"It is needed by {', '.join(facts.needed_by)}.",
            fields={"needed_by": list(facts.needed_by)},
        )
