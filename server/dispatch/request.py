"""A command on its way through dispatch, and how to tell whether it was carried out before."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import orjson

from domain.access import Actor
from domain.catalog import load_command
from domain.errors import CommandIdReused, Invalid
from domain.message import Command
from domain.process import Step, streams_of
from server.store.commits import Commit


def digest_of(command: Command, secret: bytes) -> str:
    """A keyed hash of what a command asks for, its id aside.

    Keyed, so that a digest that outlives a redacted text does not let anybody guess the text.
    What the sender did not name is left out: a field that is new stays the same command. Raises
    Invalid for what cannot be written down.
    """
    content = command.model_dump(mode="json", exclude={"command_id"}, exclude_unset=True)
    content["type"] = command.type
    try:
        text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Invalid("This holds a text or number that cannot be kept.") from None
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Request:
    """One command of one actor.

    `streams`: the one that takes the commit, then those where an earlier try may stand.
    `step`: part of a process, so that its refusal is an outcome to be kept. `owed`: what its
    commit owes once it is agreed to.
    """

    command: Command
    actor: Actor
    digest: str
    streams: tuple[str, ...]
    step: bool = False
    owed: tuple[Step, ...] = ()

    @classmethod
    def of_person(cls, command: Command, actor: Actor, secret: bytes) -> Request:
        return cls(command, actor, digest_of(command, secret), streams_of(command, actor))

    @classmethod
    def of_step(cls, step: Step, secret: bytes, owed: tuple[Step, ...]) -> Request:
        command = load_command(step.command)
        digest = step.digest or digest_of(command, secret)
        streams = streams_of(command, step.actor)
        return cls(command, step.actor, digest, streams, step=True, owed=owed)

    @property
    def stream(self) -> str:
        return self.streams[0]

    def check_same(self, commit: Commit) -> None:
        """Raise CommandIdReused where the commit is another actor's or says something else.

        A machine's step is the same by its id: what it says was read at some moment.
        """
        actor = self.actor
        same_actor = commit.actor.kind is actor.kind and commit.actor.id in actor.identities
        same_content = actor.is_machine or hmac.compare_digest(commit.digest, self.digest)
        if not (same_actor and same_content):
            raise CommandIdReused("This command id was used before, for something else.")
