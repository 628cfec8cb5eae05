"""Whose live sockets a change of a plain document concerns at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from domain.contact.commands import (
    AbsorbContacts,
    BlockContact,
    DeleteContact,
    IdentifyContact,
    MergeContact,
    UpdateContact,
)
from domain.document import Change
from domain.message import Id
from domain.people.commands import AddMember, DeleteUser, RemoveMember, UpdateUser

Kick = Callable[[Iterable[str]], Awaitable[None]]
"""Look at once, on every node, whether sessions and people named by id may still be there."""


def concerned_by(command: Change, document_id: Id) -> tuple[Id, ...]:
    """Whose access may have changed; what concerns many is left to the usual recheck."""
    match command:
        case AddMember() | RemoveMember():
            return (command.user_id,)
        case UpdateUser() | DeleteUser():
            return (document_id,)
        case MergeContact() | AbsorbContacts() | DeleteContact() | IdentifyContact():
            return (document_id,)
        case BlockContact() | UpdateContact():  # It may take the address that somebody proved.
            return (document_id,)
        case _:
            return ()
