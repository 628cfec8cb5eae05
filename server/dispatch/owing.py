"""What a change of a plain document owes to the outside, by the type of its command.

It is owed from the change's entry in the document's `pending`, which stands whatever crashes.
Only ids may be taken along: who performs it reads the document as it is then.
"""

from __future__ import annotations

from collections.abc import Callable

from server.store.connect import Raw
from server.store.effects import Effect, effect_id

FORGET = "contact.forget"
"""The kind that takes away what is left of an erased contact outside its own document."""

MERGED = "contact.merged"
"""The kind that shows a contact the tickets of those who were merged into it."""

Owes = Callable[[str, str, Raw], Effect]
"""The effect of a change: (the document's id, the `_id` of its audit entry, the entry)."""


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


OWED_BY: dict[str, Owes] = {
    "contact.delete": _about_contact(FORGET),
    "contact.absorb": _about_contact(MERGED),
}
