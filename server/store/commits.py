"""A commit: one document of the log, and what each room may see of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.catalog import load_event, upcast
from domain.errors import Code, DomainError
from domain.message import ActorRef, Envelope, Event, Meta, Millis

PROJECT = "project"
PUBLISH = "publish"
_REFUSALS = {kind.code: kind for kind in DomainError.__subclasses__()}
STEP = "step:"
REACT = "react:"


def commit_id(stream: str, seq: int) -> str:
    """The `_id` of a commit; ids of one stream sort by seq."""
    return f"{stream}:{seq:010d}"


def step_work(command_id: str) -> str:
    """How a step stands in `pending`."""
    return f"{STEP}{command_id}"


def reactor_work(reactor: str) -> str:
    """How a reactor's turn stands in `pending`."""
    return f"{REACT}{reactor}"


@dataclass(frozen=True, slots=True)
class Commit:
    """What `LogEntry` keeps, in memory. Events are raw: a newer release's pass through, and
    those of older versions are in the shape of today."""

    stream: str
    seq: int
    command_id: str
    digest: str
    actor: ActorRef
    at: Millis
    events: list[dict[str, Any]]
    audience: list[list[str]]
    prev: dict[str, int]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    pending: list[str] = field(default_factory=list[str])

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Commit:
        """Read a log document; fields that only a newer release knows are left out."""
        known: dict[str, Any] = {name: document[name] for name in cls.__slots__}
        known["actor"] = ActorRef.model_validate(document["actor"])
        known["events"] = [upcast(event) for event in document["events"]]
        return cls(**known)

    def to_document(self) -> dict[str, Any]:
        document = {name: getattr(self, name) for name in self.__slots__}
        actor = {"kind": self.actor.kind.value, "id": self.actor.id}
        return {"_id": self.id, **document, "actor": actor}

    @property
    def id(self) -> str:
        return commit_id(self.stream, self.seq)

    @property
    def meta(self) -> Meta:
        return Meta(seq=self.seq, at=self.at, actor=self.actor, command_id=self.command_id)

    def parsed(self) -> list[Event]:
        """Its events as the domain knows them; raises Retryable for one of a newer release."""
        return [load_event(event) for event in self.events]

    @property
    def rooms(self) -> list[str]:
        """The rooms that see at least one of its events."""
        return [room for room in self.prev if any(room in seers for seers in self.audience)]

    def head(self, room: str) -> int:
        """The head of a room after this commit."""
        return self.seq if room in self.rooms else self.prev[room]

    def envelope(self, room: str, epoch: str) -> Envelope | None:
        """The commit as a room sees it; None where it sees nothing of it."""
        events = [
            event for event, seers in zip(self.events, self.audience, strict=True) if room in seers
        ]
        if not events:
            return None
        return Envelope(
            room=room,
            epoch=epoch,
            seq=self.seq,
            prev=self.prev[room],
            at=self.at,
            actor=self.actor,
            command_id=self.command_id,
            events=events,
        )

    def envelopes(self, epoch: str) -> list[Envelope]:
        """The commit as each of its rooms sees it."""
        seen = (self.envelope(room, epoch) for room in self.prev)
        return [envelope for envelope in seen if envelope is not None]

    def refusal(self) -> DomainError | None:
        """The refusal that this commit keeps as its outcome."""
        if self.error is None:
            return None
        code = Code(self.error["code"])
        kind = _REFUSALS.get(code, DomainError)
        return kind(self.error["message"], code=code, fields=self.error["fields"])
