"""What people asked and nobody could answer: told by the help centre, listed for writers."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.access import Permission
from domain.document import require
from domain.knowledge.masking import masked
from domain.knowledge.state import Language
from domain.message import Audience, Id, Millis, Record
from domain.rates import network_of
from server.auth.throttle import HOUR_MS, Quota
from server.http.operation import Call, Who, operation
from server.questions.likeness import Likened, grouped, unpacked
from server.store.connect import Raw
from server.store.questions import AskedIn, asked_in, newest_questions, note_search, put_away

SEARCHES = Quota("unanswered searches from your network", 60, HOUR_MS)
LEAST_LETTERS = 5
SHOWN = 300
MOST_GROUPS = 100


class Searched(BaseModel):
    """A search that found nothing, or nothing that was opened."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=300)]
    language: Language = "en"


class Behind(Record):
    """A ticket in which it was asked."""

    id: Id
    number: int
    title: str


class Unanswered(Record):
    """Questions that ask the same. `ids` are all of them; `text` is how it was asked last."""

    ids: tuple[str, ...]
    text: str
    language: str
    count: int
    searches: int
    last_at: Millis
    tickets: tuple[Behind, ...]


class UnansweredList(Record):
    """What was asked most often comes first."""

    items: tuple[Unanswered, ...]


class PutAway(BaseModel):
    """Whether they are for us to answer: true puts them away, false brings them back."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=500)]
    away: bool = True


@operation(
    "POST",
    "/api/questions/searched",
    "Tell of a search in the help centre that led nowhere; who it was is not kept",
    takes=Searched,
    who=Who.READER,
)
async def tell_search(call: Call, given: Searched) -> None:
    if call.stranger:
        await call.parts.throttle.spend(SEARCHES, network_of(call.address))
    elif call.actor.audience is Audience.STAFF:
        return  # They look for what they know.
    text = masked(" ".join(given.q.split()))
    if sum(map(str.isalpha, text)) >= LEAST_LETTERS:
        await note_search(call.parts.store, text, given.language, call.parts.clock.now())


@operation(
    "GET",
    "/api/questions",
    "List what nobody could answer, alike ones together",
    answers=UnansweredList,
)
async def list_questions(call: Call) -> UnansweredList:
    require(call.actor, Permission.ARTICLE_MANAGE)
    store = call.parts.store
    rows = {row["_id"]: row for row in await newest_questions(store, call.parts.clock.now())}
    texts = await asked_in(store, list(rows.values()), call.actor)
    likened = [each for row in reversed(rows.values()) if (each := _likened(row, texts))]
    # Each is compared with each: for hundreds that is a third of a second, not of the loop's.
    alike = await asyncio.to_thread(grouped, likened)
    groups = [[rows[each.id] for each in group] for group in alike]
    # What is like something that was put away is not for us either.
    waiting = [group for group in groups if not any(row["away"] for row in group)]
    waiting.sort(key=lambda group: (-len(group), -group[-1]["at"]))
    return UnansweredList(items=tuple(_shown(group, texts) for group in waiting[:MOST_GROUPS]))


@operation(
    "POST",
    "/api/questions/put-away",
    "Say that questions are not for us, or take that back",
    takes=PutAway,
)
async def put_questions_away(call: Call, given: PutAway) -> None:
    require(call.actor, Permission.ARTICLE_MANAGE)
    await put_away(call.parts.store, given.ids, away=given.away)


def _likened(row: Raw, texts: dict[Id, AskedIn]) -> Likened | None:
    """A question as it is compared; None for one that is gone, or not for the asker."""
    if row["ticket_id"]:
        asked = texts.get(row["ticket_id"])
        if asked is None:
            return None
        text = asked.text
    else:
        text = row["text"]
    return Likened(row["_id"], text, row["language"], row["model"], unpacked(row["vector"]))


def _shown(group: list[Raw], texts: dict[Id, AskedIn]) -> Unanswered:
    newest = group[-1]
    asked = [texts[row["ticket_id"]] for row in reversed(group) if row["ticket_id"]]
    text = asked[0].short if newest["ticket_id"] else newest["text"]
    return Unanswered(
        ids=tuple(row["_id"] for row in group),
        text=text[:SHOWN],
        language=newest["language"],
        count=len(group),
        searches=len(group) - len(asked),
        last_at=newest["at"],
        tickets=tuple(Behind(id=t.ticket_id, number=t.number, title=t.title) for t in asked),
    )


OPERATIONS = (tell_search, list_questions, put_questions_away)
