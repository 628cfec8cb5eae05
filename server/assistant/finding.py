"""Nodes ask the workers for passages, which alone know articles by their meaning.

Which ticket it is about lies in a list of Redis until a worker takes it, by its id and without
its words; what is found, which anybody may read, in a list of its own for whoever waits there.
Nothing is kept: without an answer in time one asks again, or does without.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, cast
from uuid import uuid4

import orjson
from redis.exceptions import RedisError

from ai.answering.passages import Found, Passage
from ai.copilot.wanted import question_in
from domain.errors import Retryable
from domain.message import Audience, Id
from domain.ticket.state import Ticket
from realtime.cluster import AnyRedis
from server.assistant.searching import Shelf
from server.assistant.talk import line_of, said_in
from server.store.connect import Store
from server.store.streams import Streams

log = logging.getLogger(__name__)

QUESTIONS = "dw1:questions"
WAIT_SECONDS = 3.0
"""Less than Redis is given for an answer."""
KEPT_SECONDS = 10
MOST_WAITING = 1_000
AT_ONCE = 4


class Finder:
    """A node's side."""

    def __init__(self, redis: AnyRedis) -> None:
        self._redis = redis

    async def find(self, ticket_id: Id, language: str) -> Found:
        """The best public passages for what the client asks in a ticket; raises Retryable where no
        worker answers in time."""
        reply = f"dw1:found:{uuid4().hex}"
        asked = {"ticket_id": ticket_id, "language": language, "reply": reply}
        try:
            async with asyncio.timeout(WAIT_SECONDS + 1):
                await self._redis.lpush(QUESTIONS, orjson.dumps(asked))
                await self._redis.ltrim(QUESTIONS, 0, MOST_WAITING - 1)
                await self._redis.expire(QUESTIONS, KEPT_SECONDS)
                answer = await self._redis.blpop([reply], WAIT_SECONDS)
        except (RedisError, TimeoutError):
            answer = None
        if not answer:
            raise Retryable("Nobody looks through the articles at present. Try again in a moment.")
        found: dict[str, Any] = orjson.loads(answer[1])
        passages = tuple(Passage(**each) for each in found["passages"])
        return Found(passages, found["confidence"], found["by_meaning"])


class Finding:
    """A worker's side."""

    def __init__(self, redis: AnyRedis, store: Store, logs: Streams, shelf: Shelf) -> None:
        self._redis = redis
        self._store = store
        self._logs = logs
        self._shelf = shelf

    async def answer_one(self) -> None:
        """Wait a while for a question, and answer it."""
        taken = await self._redis.brpop([QUESTIONS], WAIT_SECONDS)
        if not taken:
            return
        asked = cast("dict[str, str]", orjson.loads(taken[1]))
        question = await self._question(asked["ticket_id"])
        found = await self._shelf.find(question, asked["language"])
        answer = {
            "passages": [each._asdict() for each in found.passages],
            "confidence": found.confidence,
            "by_meaning": found.by_meaning,
        }
        await self._redis.rpush(asked["reply"], orjson.dumps(answer))
        await self._redis.expire(asked["reply"], KEPT_SECONDS)

    async def _question(self, ticket_id: Id) -> str:
        """What the client asks; empty for a ticket that is no more, for which nothing is found."""
        ticket = (await self._logs.headers.load(f"ticket:{ticket_id}")).state
        if not isinstance(ticket, Ticket):
            return ""
        said = await said_in(self._store, ticket_id, Audience.PUBLIC)
        return question_in(ticket.title, [line_of(each) for each in said])
