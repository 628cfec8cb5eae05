"""A plain document: what is not a logged stream, guarded by a version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, TypeVar

from pydantic import Field

from domain.access import Actor, Permission, allows
from domain.errors import Conflict, Forbidden, NotFound
from domain.message import Command, Id, Record, derived_id

Version = Annotated[int, Field(ge=1, le=2**53 - 1)]


class Document(Record):
    """`version` starts at 1 and rises with each change; 0 is one that was never stored."""

    id: Id
    version: int = 0


KNOWN_ONLY = "known only"
"""The validation context in which values that only a newer release knows are left out."""

AnyDocument = TypeVar("AnyDocument", bound=Document)


class Change(Command):
    """Something somebody wants done to a plain document of one kind."""

    kind: ClassVar[str]

    @property
    def exclusive(self) -> bool:
        """Whether other documents have a say too, so that it must be alone while it is decided."""
        return True

    @property
    def own(self) -> bool:
        """Whether it is about who sends it, so that clients may send it too."""
        return False

    def document_id(self, principal: str) -> Id:
        """The document it is about, where `principal` sent it."""
        raise NotImplementedError(self.type)


class Creation(Change):
    """Make a document; its id is derived from who makes it and the command id."""

    def document_id(self, principal: str) -> Id:
        return derived_id(principal, self.command_id, self.kind)


class Edit(Change):
    """Change a document that is there. Out of date is who gives a `version` that is not its own.

    Subclasses have a field `<kind>_id`. What is not named stays; null empties what may be empty.
    """

    version: Version | None = None

    def document_id(self, principal: str) -> Id:
        return getattr(self, f"{self.kind}_id")

    @property
    def stream(self) -> str:
        return f"{self.kind}:{self.document_id('')}"


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden where an actor may not do this."""
    if not allows(actor, permission):
        raise Forbidden(f"You may not do this: it needs the permission {permission.value}.")


def present(before: AnyDocument | None, command: Change) -> AnyDocument:
    """The document a command is about; raises NotFound, or Conflict for one out of date."""
    if before is None:
        raise NotFound(f"There is no such {command.kind}.")
    version = getattr(command, "version", None)
    if version is not None and version != before.version:
        raise Conflict(
            f"Somebody changed this {command.kind} meanwhile: look at it again first.",
            fields={"version": before.version},
        )
    return before


def edited(
    before: AnyDocument, command: Change, fields: Iterable[str], empties: Iterable[str] = ()
) -> AnyDocument:
    """The document with those of the fields that the command names; `empties` take null too."""
    may_empty = frozenset(empties)
    named = {
        field: getattr(command, field) for field in fields if field in command.model_fields_set
    }
    return before.model_copy(
        update={
            name: value for name, value in named.items() if value is not None or name in may_empty
        }
    )
