"""What the audit log says of a change."""

from __future__ import annotations

from typing import Any

from domain.contact.state import Contact
from domain.document import Document
from domain.leave.state import Leave
from domain.notification.state import Preferences
from domain.people.state import User

_PERSONAL: dict[type[Document], frozenset[str]] = {
    User: frozenset({"email", "name", "exceptions"}),
    Contact: frozenset({"name", "addresses", "notes", "tags"}),
    Leave: frozenset({"note", "url"}),
    Preferences: frozenset(Preferences.model_fields),
}


def changes_of(before: Document | None, after: Document | None) -> dict[str, Any]:
    """[from, to] by field; null for what says something about a person.

    That stands in the person's document only, so that erasing them leaves none of it behind.
    """
    old = before.model_dump(mode="json") if before else {}
    new = after.model_dump(mode="json") if after else {}
    named = after or before
    personal = _PERSONAL.get(type(named), frozenset[str]()) if named else frozenset[str]()
    return {
        field: None if field in personal else [old.get(field), new.get(field)]
        for field in (old | new)
        if field not in ("id", "version") and old.get(field) != new.get(field)
    }
