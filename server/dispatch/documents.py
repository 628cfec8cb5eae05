"""Commands to plain documents: one guarded update each, with all that is owed for it."""

from __future__ import annotations

import asyncio
import hmac
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pymongo
from pymongo.errors import DuplicateKeyError, PyMongoError

from domain.access import Actor
from domain.document import Change, Creation, Document
from domain.errors import CommandIdReused, Conflict, Flaw, Forbidden, NotUnique, Retryable
from domain.message import ActorKind, Command, Id
from domain.ports import Clock, Outcome
from domain.process import Step
from server.dispatch.alone import Alone, Turn
from server.dispatch.begun import Begun
from server.dispatch.debts import Debts
from server.dispatch.document_changes import changes_of
from server.dispatch.document_facts import RULES
from server.dispatch.owing import OWED_BY
from server.dispatch.request import digest_of
from server.store.audit import CommandResult
from server.store.connect import Raw, Store
from server.store.documents import fields_of, load_to_change
from server.store.kinds import KINDS, Kind

ATTEMPTS = 5
WRITE_SECONDS = 5.0
MANY_OWED = 20
"""A document that owes this much is not left to the sweeper."""

log = logging.getLogger(__name__)


class Made(NamedTuple):
    """A change that this node made: of which document, and the version that came of it."""

    command: Change
    id: Id
    version: int


Listener = Callable[[Made], None]


@dataclass(frozen=True)
class _Task:
    """One command on its way; `digest` is keyed, so that it says nothing of the content."""

    command: Change
    actor: Actor
    kind: Kind
    id: str
    digest: str


class DocumentDispatch:
    """Implements `ports.Dispatch` for plain documents."""

    def __init__(self, store: Store, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret
        self._alone = Alone(store, clock, "documents")
        self._debts = Debts(store, clock, self.dispatch)
        self._listeners: list[Listener] = []
        self._begun = Begun()

    def listen(self, listener: Listener) -> None:
        """Have a function called after each change that this node makes."""
        self._listeners.append(listener)

    async def dispatch(self, command: Command, actor: Actor) -> Outcome:
        """Carry out a command once, however often it is asked; raises DomainError.

        The outcome's seq is the document's version, its result `{<kind>_id, version}`.
        """
        if not isinstance(command, Change):
            raise TypeError(f"{command.type} is not about a plain document")
        # Before they keep anybody waiting for a turn.
        if actor.kind is ActorKind.CLIENT and not command.own:
            raise Forbidden("Only people who work here change this.")
        return await self._begun.carry_out(self._perform(command, actor))

    async def _perform(self, command: Change, actor: Actor) -> Outcome:
        identity = command.document_id(actor.id)
        digest = digest_of(command, self._secret)
        task = _Task(command, actor, KINDS[command.kind], identity, digest)
        if command.exclusive:
            async with self._alone.turn() as turn:
                outcome, owed = await self._carry_out(task, turn)
        else:
            outcome, owed = await self._carry_out(task, None)
        for listener in self._listeners:
            listener(Made(command, task.id, outcome.seq))
        if owed:
            await self._debts.try_to_pay(task.kind, task.id)
        return outcome

    async def close(self) -> None:
        """Wait for what has begun."""
        await self._begun.end()

    async def sweep(self) -> int:
        """Pay what documents were left owing, also by nodes that died; how many there were."""
        return await self._debts.sweep()

    async def _carry_out(self, task: _Task, turn: Turn | None) -> tuple[Outcome, bool]:
        """Load, look up, decide and write, again where somebody else was faster.

        A lost answer counts as that too: the next look says what became of it.
        """
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(random.uniform(0.5, 1.5) * 0.02 * 2**attempt)
            try:
                raw = await self._store[task.kind.model].find_one({"_id": task.id})
                known = await self._find_known(task, raw)
                if known is not None:
                    return known, False
                done = await self._try(task, raw, turn)
            except PyMongoError as error:
                log.warning("the outcome of %s is unknown: %s", task.command.type, error)
                continue
            if done is not None:
                return done
        raise Retryable("Too many people are changing this at once; try it again.")

    async def _find_known(self, task: _Task, raw: Raw | None) -> Outcome | None:
        """What the command did before; first where it stands first, so that none is missed."""
        command_id = task.command.command_id
        owed: list[Raw] = raw["pending"] if raw else []
        found = next((entry for entry in owed if entry["command_id"] == command_id), None)
        if found is None:
            answered = {"_id": f"{task.kind.name}:{task.id}|{command_id}"}
            found = await self._store[CommandResult].find_one(answered)
        if found is None:
            return None
        same_actor = found["actor"]["id"] in task.actor.identities
        if not same_actor or not hmac.compare_digest(found["digest"], task.digest):
            raise CommandIdReused("This command id was used before, for something else.")
        return Outcome(found["version"], found["result"])

    async def _try(
        self, task: _Task, raw: Raw | None, turn: Turn | None
    ) -> tuple[Outcome, bool] | None:
        """Decide and write once; None where the document moved meanwhile."""
        there = raw is not None and not raw["gone"]
        before = load_to_change(task.kind.state, raw) if raw is not None and there else None
        if raw is not None and isinstance(task.command, Creation):
            raise Conflict("There is a document with this id already.")
        rules = RULES[task.kind.name]
        facts = await rules.load_facts(self._store, before, task.command)
        after = rules.decide(before, task.command, task.actor, self._clock.now(), facts)
        steps = rules.next_steps(before, after, task.command, facts)
        entry = self._entry(task, before, after, steps)
        if turn is not None:
            turn.check()
        with pymongo.timeout(WRITE_SECONDS):
            if not await self._write(task, before, after, entry):
                return None
        owes_much = raw is not None and len(raw["pending"]) >= MANY_OWED
        owes = bool(steps) or owes_much or task.command.type in OWED_BY
        return Outcome(entry["version"], entry["result"]), owes

    def _entry(
        self, task: _Task, before: Document | None, after: Document | None, steps: list[Step]
    ) -> Raw:
        version = before.version if before else 0
        version += before != after
        return {
            "command_id": task.command.command_id,
            "digest": task.digest,
            "type": task.command.type,
            "actor": task.actor.ref.model_dump(mode="json"),
            "at": self._clock.now(),
            "version": version,
            "result": {f"{task.kind.name}_id": task.id, "version": version},
            "changes": changes_of(before, after),
            "steps": [step.model_dump(mode="json") for step in steps],
        }

    async def _write(
        self, task: _Task, before: Document | None, after: Document | None, entry: Raw
    ) -> bool:
        """Insert, or update under the version that was decided on; False where it is not so."""
        collection = self._store[task.kind.model]
        fields = {"version": entry["version"], **_fields(task.id, after)}
        try:
            if before is None:
                await collection.insert_one({"_id": task.id, **fields, "pending": [entry]})
                return True
            updated = await collection.update_one(
                {"_id": task.id, "version": before.version, "gone": False},
                {"$set": fields, "$push": {"pending": entry}},
            )
        except DuplicateKeyError as error:
            field = _clashing(task.kind, error)
            if field is None:
                return False
            raise NotUnique(
                f"There is another {task.kind.name} with this {field}.",
                fields={field: Flaw.TAKEN},
            ) from None
        return updated.matched_count == 1


def _fields(identity: str, after: Document | None) -> Raw:
    if after is None:
        return {"state": {}, "key": identity, "gone": True}
    return fields_of(after)


def _clashing(kind: Kind, error: DuplicateKeyError) -> str | None:
    """The field that is not unique; None for the id."""
    details: dict[str, Any] = dict(error.details or {})
    path = next(iter(details.get("keyPattern", {"_id": 1})))
    return {"_id": None, "key": kind.unique}.get(path, path.removeprefix("state."))
