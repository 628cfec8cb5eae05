"""Owes an answer for each message of a client that waits for the assistant."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from server.dispatch.drafting import ASSISTANT
from server.jobs.reactors import Owing
from server.store.effects import Effect, Effects, effect_id


class AssistantReactor:
    """`sooner` wakes the hands of this worker."""

    def __init__(self, effects: Effects, sooner: asyncio.Event) -> None:
        self._effects = effects
        self._sooner = sooner

    async def __call__(self, owing: Owing) -> Collection[str]:
        effects: list[Effect] = []
        for stream, commits in owing.items():
            ticket_id = stream.partition(":")[2]
            for commit in commits:
                effects.append(
                    Effect(
                        id=effect_id(commit.id, ASSISTANT, ticket_id),
                        kind=ASSISTANT,
                        about={"ticket_id": ticket_id, "seq": str(commit.seq)},
                        at=commit.at,
                        due_at=commit.at,
                    )
                )
        await self._effects.owe(effects)
        self._sooner.set()
        return owing.keys()
