"""What a command makes of a contact. Whatever happens to one, its tickets stay."""

from __future__ import annotations

from domain.access import Actor, Permission
from domain.contact.commands import (
    AbsorbContacts,
    BlockContact,
    CreateContact,
    DeleteContact,
    IdentifyContact,
    MergeContact,
    RegisterContact,
    UnblockContact,
    UpdateContact,
)
from domain.contact.facts import Facts
from domain.contact.state import Address, Contact, Tags
from domain.document import Change, Document, edited, present, require
from domain.errors import Conflict, Invalid, NotFound
from domain.message import Millis

MOST_ADDRESSES = 20
MOST_TAGS = 50


def decide(
    before: Document | None, command: Change, actor: Actor, now: Millis, facts: Facts
) -> Contact:
    """The contact after a command; raises DomainError.

    What comes back equal to `before` changes nothing. A new contact has version 0.
    """
    require(actor, Permission.CONTACT_MANAGE)
    if before is not None and not isinstance(before, Contact):
        raise TypeError(f"{type(before).__name__} is not a Contact")
    if isinstance(command, CreateContact):
        return _create(command, actor, now)
    if isinstance(command, RegisterContact):
        return before or _register(command, now)
    contact = present(before, command)
    match command:
        case UpdateContact():
            return _update(contact, command)
        case DeleteContact():
            return _erase(contact, actor)
        case MergeContact():
            return _merge(contact, command, facts)
        case AbsorbContacts():
            return _absorb(contact, command)
        case BlockContact():
            return contact.model_copy(update={"blocked": True})
        case UnblockContact():
            return contact.model_copy(update={"blocked": False})
        case IdentifyContact():
            return _identify(contact, command, facts)
        case _:
            raise TypeError(f"{command.type} is not about contacts")


def _create(command: CreateContact, actor: Actor, now: Millis) -> Contact:
    return Contact(
        id=command.document_id(actor.id),
        name=command.name,
        addresses=tuple(Address(email=email) for email in dict.fromkeys(command.emails)),
        company_id=command.company_id,
        notes=command.notes,
        tags=_distinct(command.tags),
        created_at=now,
    )


def _register(command: RegisterContact, now: Millis) -> Contact:
    return Contact(
        id=command.contact_id,
        name=command.name,
        addresses=(Address(email=command.email),) if command.email else (),
        user_id=command.user_id,
        guest=command.user_id is None,
        created_at=now,
    )


def _update(contact: Contact, command: UpdateContact) -> Contact:
    after = edited(contact, command, ("name", "company_id", "notes"), empties=("company_id",))
    if command.tags is not None:
        after = after.model_copy(update={"tags": _distinct(command.tags)})
    if command.emails is None:
        return after
    known = {address.email: address for address in contact.addresses}
    addresses = tuple(
        known.get(email, Address(email=email)) for email in dict.fromkeys(command.emails)
    )
    return after.model_copy(update={"addresses": addresses})


def _erase(contact: Contact, actor: Actor) -> Contact:
    if contact.user_id is not None and not actor.is_machine:
        raise Conflict("This contact has a log-in: erase the user, and both are gone.")
    return Contact(
        id=contact.id,
        version=contact.version,
        name="Erased",
        user_id=contact.user_id,
        blocked=contact.blocked,
        aliases=contact.aliases,
        merged_into=contact.merged_into,
        created_at=contact.created_at,
    )


def _merge(source: Contact, command: MergeContact, facts: Facts) -> Contact:
    if command.into_id == source.id:
        raise Invalid("A contact cannot be merged into itself.", fields={"into_id": "the same"})
    if source.merged_into == command.into_id:
        return source
    if source.merged_into is not None:
        raise Conflict(
            "This contact was merged already.", fields={"merged_into": source.merged_into}
        )
    if facts.into is None:
        raise NotFound("There is no such contact to merge into.")
    if facts.into.merged_into is not None:
        raise Conflict(
            "That contact was itself merged: merge into its survivor.",
            fields={"merged_into": facts.into.merged_into},
        )
    return source.model_copy(update={"merged_into": command.into_id})


def _absorb(contact: Contact, command: AbsorbContacts) -> Contact:
    new = [
        merged
        for merged in dict.fromkeys(command.merged_ids)
        if merged != contact.id and merged not in contact.aliases
    ]
    known = {address.email: address for address in contact.addresses}
    for address in command.addresses:
        if address.verified or address.email not in known:
            known[address.email] = address  # What either of them proved stays proven.
    return contact.model_copy(
        update={
            "aliases": (*contact.aliases, *new),
            "addresses": tuple(known.values())[:MOST_ADDRESSES],
            "tags": _distinct((*contact.tags, *command.tags))[:MOST_TAGS],
        }
    )


def _distinct(tags: Tags) -> Tags:
    return tuple(sorted(set(tags)))


def _identify(contact: Contact, command: IdentifyContact, facts: Facts) -> Contact:
    """A proven address ends the guest; one that is somebody's already asks for a merge."""
    if facts.holder_id not in (None, contact.id):
        raise Conflict(
            "This address is another contact's: merge the two.",
            fields={"contact_id": facts.holder_id},
        )
    others = tuple(each for each in contact.addresses if each.email != command.email)
    return contact.model_copy(
        update={
            "addresses": (Address(email=command.email, verified=True), *others)[:MOST_ADDRESSES],
            "name": command.name or contact.name,
            "guest": False,
        }
    )
