"""Owes guesses for what is opened, and keeps what staff say of tickets as examples."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence

from domain.message import Millis
from domain.ports import Clock
from domain.ticket.state import Ticket
from domain.triage.state import Guessed
from server.dispatch.drafting import TRIAGE
from server.jobs.reactors import Owing
from server.store.commits import Commit
from server.store.effects import Effect, Effects, effect_id
from server.store.examples import Examples, Labels
from server.store.headers import Headers

TOO_LATE: Millis = 3_600_000
"""What is older has been looked at by people, or came in with a whole archive."""
WORDS_GONE = ("message.redacted", "ticket.deleted")


class TriageReactor:
    """`sooner` wakes the hands of this worker."""

    def __init__(
        self,
        clock: Clock,
        headers: Headers,
        effects: Effects,
        examples: Examples,
        sooner: asyncio.Event,
    ) -> None:
        self._clock = clock
        self._headers = headers
        self._effects = effects
        self._examples = examples
        self._sooner = sooner

    async def __call__(self, owing: Owing) -> Collection[str]:
        owed: list[Effect] = []
        since = self._clock.now() - TOO_LATE
        for stream, commits in owing.items():
            opening = (each for each in commits if each.at >= since and _opens(each))
            owed += [_effect(stream, commit) for commit in opening]
            if any(_teaches(commit) for commit in commits):
                await self._learn(stream, commits)
        await self._effects.owe(owed)
        if owed:
            self._sooner.set()
        return owing.keys()

    async def _learn(self, stream: str, commits: Sequence[Commit]) -> None:
        """Keep what the header says now: however late and often, it comes out the same."""
        ticket_id = stream.partition(":")[2]
        ticket = (await self._headers.load(stream)).state
        if not isinstance(ticket, Ticket) or ticket.private is None:
            return
        message_id = ticket.description_id
        if not ticket.exists or message_id is None or message_id in _redacted(commits):
            await self._examples.forget(ticket_id)
        elif chosen := ticket.private.chosen:
            await self._examples.keep(
                ticket_id,
                message_id,
                Labels(
                    category=ticket.category if Guessed.CATEGORY in chosen else None,
                    priority=ticket.priority.value if Guessed.PRIORITY in chosen else None,
                    skills=ticket.private.required_skills if Guessed.SKILLS in chosen else (),
                ),
            )


def _effect(stream: str, commit: Commit) -> Effect:
    ticket_id = stream.partition(":")[2]
    return Effect(
        id=effect_id(commit.id, TRIAGE, ticket_id),
        kind=TRIAGE,
        about={"ticket_id": ticket_id},
        at=commit.at,
        due_at=commit.at,
    )


def _redacted(commits: Iterable[Commit]) -> set[str]:
    events = (event for commit in commits for event in commit.events)
    return {each["message_id"] for each in events if each["type"] == "message.redacted"}


def _opens(commit: Commit) -> bool:
    """A follow-up goes on with what people said of the ticket before it."""
    return any(
        event["type"] == "ticket.opened" and event["follow_up_of"] is None
        for event in commit.events
    )


def _teaches(commit: Commit) -> bool:
    """The rest that a commit may owe to triage: what staff set, and words that are gone."""
    by_staff = commit.actor.kind == "agent"
    return by_staff or any(event["type"] in WORDS_GONE for event in commit.events)
