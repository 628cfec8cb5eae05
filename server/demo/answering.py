"""Answers a visitor who asks, in the portal or a shop, and has nobody to play the agent."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress

from ai.retrieval.words import Hit
from domain.message import ActorKind, Millis
from domain.ticket.state import Visibility
from server.composition import Parts
from server.demo.content import load_lines
from server.demo.marks import is_demos
from server.demo.member import Away, Member, Refused
from server.demo.plot import Cast, key_of
from server.demo.shapes import Language, Lone
from server.demo.speech import language_of
from server.demo.staffed import is_staffed
from server.demo.talk import look_in
from server.demo.touched import ACTIVE
from server.store.connect import Raw
from server.store.messages import Messages
from server.store.models import LogEntry, TicketHeader

AFTER: Millis = 20_000
UNTIL: Millis = 600_000
"""Whoever has waited for longer has gone."""
AT_ONCE = 50
"""So many tickets are looked at, those that wait longest first."""
WORDS = 3
"""In so many places has an article words of the question before it is offered."""
MOST = 4
"""So often a visitor is answered in one ticket; the last time they are told why no further."""


class Answering:
    """Looks now and then whether somebody real waits, while nobody real is there to answer."""

    def __init__(
        self,
        parts: Parts,
        cast: Cast,
        agents: Callable[[str, Language], Sequence[Member]],
        chance: random.Random,
    ) -> None:
        self._parts, self._cast = parts, cast
        self._agents, self._chance = agents, chance

    async def look(self) -> None:
        """Answer the ticket that has waited longest, where one waits."""
        if await is_staffed(self._parts.redis, self._cast):
            return
        now = self._parts.clock.now()
        waiting = {
            "state.status": {"$in": ACTIVE},
            "state.public.at": {"$gt": now - UNTIL, "$lt": now - AFTER},
        }
        found = self._parts.store[TicketHeader].find(waiting).sort("state.public.at", 1)
        for header in await found.limit(AT_ONCE).to_list():
            if await self._was_asked(header):
                await self._answer(header)
                return

    async def _was_asked(self, header: Raw) -> bool:
        """Whether somebody real said the last word, and no agent."""
        said = header["state"]["public"]["said"]
        if not said or said[0]["author"]["kind"] != ActorKind.CLIENT.value:
            return False
        last = {"stream": f"ticket:{header['_id']}", "seq": said[0]["seq"]}
        commit = await self._parts.store[LogEntry].find_one(last, {"command_id": 1})
        return commit is not None and not is_demos(commit["command_id"])

    async def _answer(self, header: Raw) -> None:
        team = key_of(self._cast.teams, header["state"]["team_id"])
        messages = [
            each
            for each in await Messages(self._parts.store).of_ticket(header["_id"])
            if each.visibility is Visibility.PUBLIC
        ]
        asked = [each.body for each in messages if each.author.kind is ActorKind.CLIENT]
        said = [each.body for each in messages if each.author.kind is ActorKind.AGENT]
        language = language_of(" ".join((header["state"]["title"], *asked)))
        lone = load_lines().lone[language]
        words = None if said else await self._found(lone, header["state"]["title"], asked, language)
        words = words or next_line(lone, said, self._chance)
        if team is None or words is None:
            return
        there = self._agents(team, language) or self._agents(team, "en")
        if not there:
            return
        agent = next((each for each in there if each.id == header["state"]["owner_id"]), there[0])
        with suppress(Refused, Away):  # The next look finds whether somebody waits still.
            await look_in(agent, header["_id"], words)

    async def _found(
        self, lone: Lone, title: str, asked: Sequence[str], language: Language
    ) -> str | None:
        """Which article fits a question, if one does."""
        await self._parts.library.refresh()
        found = await self._parts.library.search(
            f"{title} {' '.join(asked)} ", public_only=True, language=language, limit=1
        )
        if not found or not fits(found[0][1]):
            return None
        article = found[0][0]
        link = f"{self._parts.settings.public_url}/help/{article.id}"
        words = self._chance.choice(lone.found)
        return words.format(title=article.title, summary=article.summary, link=link)


def fits(hit: Hit) -> bool:
    """Whether an article has enough of a question's words to be offered as its answer."""
    return sum(len(highlight.ranges) for highlight in hit.highlights) >= WORDS


def next_line(lone: Lone, said: Sequence[str], chance: random.Random) -> str | None:
    """What comes after all that was said; nothing once it was the last, or where it was much."""
    if len(said) >= MOST or any(each in lone.last for each in said):
        return None
    part = lone.first if not said else lone.last if len(said) == MOST - 1 else lone.then
    return chance.choice([each for each in part if each not in said])
