"""What a change of a contact owes to others: a merge has a second step."""

from __future__ import annotations

from domain.contact.commands import AbsorbContacts, DeleteContact, MergeContact
from domain.contact.state import Contact
from domain.document import Change
from domain.process import MACHINE, Step, step_id


def next_steps(after: Contact, command: Change) -> list[Step]:
    """A survivor takes in who was merged into it, and passes on whom it took in too late."""
    owed: list[Change] = []
    match command:
        case MergeContact() if after.merged_into:
            owed = [_absorb(after.merged_into, (after.id, *after.aliases), after, command)]
        case AbsorbContacts() if after.merged_into:
            owed = [_absorb(after.merged_into, command.merged_ids, after, command)]
        case DeleteContact():
            owed = [
                DeleteContact(
                    command_id=step_id(f"erase:{alias}", command.command_id), contact_id=alias
                )
                for alias in after.aliases
            ]
        case _:
            pass
    return [Step(command=each.model_dump(mode="json"), actor=MACHINE) for each in owed]


def _absorb(
    into_id: str, merged_ids: tuple[str, ...], source: Contact, command: Change
) -> AbsorbContacts:
    return AbsorbContacts(
        command_id=step_id("absorb", command.command_id),
        contact_id=into_id,
        merged_ids=merged_ids,
        addresses=source.addresses,
        tags=source.tags,
    )
