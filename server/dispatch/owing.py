"""What a change of a plain document owes to the outside, by the type of its command.

It is owed from the change's entry in the document's `pending`, which stands whatever crashes.
Only ids may be taken along: who performs it reads the document as it is then.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.message import ActorKind
from server.store.connect import Raw
from server.store.effects import Effect, effect_id

FORGET = "contact.forget"
"""The kind that takes away what is left of an erased contact outside its own document."""

MERGED = "contact.merged"
"""The kind that shows a contact the tickets of those who were merged into it."""

RECALCULATE = "sla.recalculate"
"""The kind that has the clocks of active tickets, all or a contact's, follow policies anew."""

WELCOME = "account.created"
"""The kind that tells somebody of the account that was made for them."""

Owes = Callable[[str, str, Raw], "Effect | None"]
"""The effect of a change, if any: (the document's id, the `_id` of its audit entry, the entry)."""


def _about_contact(kind: str) -> Owes:
    def owe(contact_id: str, change: str, entry: Raw) -> Effect:
        return Effect(
            id=effect_id(change, kind, contact_id),
            kind=kind,
            about={"contact_id": contact_id},
            at=entry["at"],
            due_at=entry["at"],
        )

    return owe


def _recalculation(_document_id: str, change: str, entry: Raw) -> Effect:
    return Effect(
        id=effect_id(change, RECALCULATE, "all"),
        kind=RECALCULATE,
        about={"change": change},
        at=entry["at"],
        due_at=entry["at"],
    )


def _recalculation_of_tags(contact_id: str, change: str, entry: Raw) -> Effect | None:
    """Policies ask for a contact's tags, and for nothing else of them."""
    if "tags" not in entry["changes"]:
        return None
    return _recalculation_of_contact(contact_id, change, entry)


def _recalculation_of_contact(contact_id: str, change: str, entry: Raw) -> Effect:
    """Also after a merge: who was merged goes by the survivor's tags from now on."""
    return Effect(
        id=effect_id(change, RECALCULATE, contact_id),
        kind=RECALCULATE,
        about={"change": change, "contact_id": contact_id},
        at=entry["at"],
        due_at=entry["at"],
    )


def _welcome(user_id: str, change: str, entry: Raw) -> Effect | None:
    """Who signs up by themselves knows it."""
    if entry["actor"]["kind"] != ActorKind.AGENT:
        return None
    return Effect(
        id=effect_id(change, WELCOME, user_id),
        kind=WELCOME,
        about={"user_id": user_id, "by_id": entry["actor"]["id"]},
        at=entry["at"],
        due_at=entry["at"],
    )


OWED_BY: dict[str, tuple[Owes, ...]] = {
    "contact.delete": (_about_contact(FORGET),),
    "contact.absorb": (_about_contact(MERGED), _recalculation_of_contact),
    "contact.update": (_recalculation_of_tags,),
    "user.create": (_welcome,),
    **dict.fromkeys(
        ("calendar.update", "policy.create", "policy.update", "policy.delete"), (_recalculation,)
    ),
}
