"""The demo's company, articles and tickets: told through dispatch, in the order they are missed.

`python -m server.demo.seeding [--first]`: with `--first` the people, and the tickets that a
visitor sees at once.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from domain.audience import WALLBOARD
from domain.errors import DomainError
from domain.message import Millis
from server.composition import Parts, compose
from server.demo.content import load_articles, load_stories
from server.demo.days import EXCHANGES as OF_A_DAY
from server.demo.days import STALE, day_of, todays, work_off
from server.demo.month import DAY, HOUR, is_generated, month
from server.demo.notes import Batch, Notes
from server.demo.places import Company, move_in, write_articles
from server.demo.promises import promise
from server.demo.routed import let_route, unrouted
from server.demo.shapes import Article, Story
from server.demo.stage import Script, Stage
from server.jobs.broker import WakingBroker
from server.jobs.kicker import Kicker
from server.processes.supervisor import together
from server.settings import Settings
from server.start import start
from server.store.counters import Counters

logger = logging.getLogger(__name__)

FIRST = "first"
EXCHANGES, LATELY = 150, 150
"""Of the month, and of its last two days: what a day brings is what the day before brought."""
AT_FIRST = 24
"""So many tickets are there before anybody looks."""
RECENT = 20 * HOUR
"""What was opened since comes first."""
AT_ONCE = 4
"""How many stories are told side by side."""


@asynccontextmanager
async def staged(parts: Parts) -> AsyncGenerator[tuple[Stage, Company]]:
    """The company moved in, and a stage for its stories."""
    broker = WakingBroker(parts.settings.redis_url)
    await broker.startup()
    kicker = Kicker(broker)
    company = await move_in(parts)
    await promise(parts, company.cast.teams)
    stage = Stage(parts, company, kicker.wake)
    try:
        yield stage, company
    finally:
        await stage.close()
        await kicker.close()
        await broker.shutdown()


class Extent(NamedTuple):
    """How much there is to tell; tests want less than all of it."""

    stories: Sequence[Story]
    articles: Sequence[Article]
    exchanges: int

    def month(self, now: Millis) -> list[Story]:
        """What is told first: every story, the exchanges of a month, more of its last days."""
        written = [*self.stories, *month(now, min(EXCHANGES, self.exchanges))]
        lately = min(LATELY, self.exchanges)
        return [*written, *month(now, lately, days=2, seed="today", beside=written)]

    def day(self, now: Millis) -> list[Story]:
        """What comes in on a later day."""
        return todays(self.stories, now, min(OF_A_DAY, self.exchanges))


async def seed(parts: Parts, *, first: bool = False, extent: Extent | None = None) -> int:
    """Tell what is missing, or a new day; how many tickets were told. Raises DomainError.

    `first`: only what a visitor sees at once.
    """
    notes, now = Notes(parts.store), parts.clock.now()
    extent = extent or Extent(load_stories(), load_articles(), LATELY)
    batch = await notes.newest()
    if batch is not None and batch.done and (first or now - batch.now < STALE):
        return 0
    async with unrouted(parts), staged(parts) as (stage, company):
        if batch is None:
            batch = await notes.begin(FIRST, now, len(extent.month(now)))
        elif batch.done:
            batch = await notes.begin(day_of(now), now, len(extent.day(now)))
        if batch.key != FIRST:
            await work_off(parts, stage, company, batch)
            told = await play(stage, notes, batch, scripts_of(batch, extent.day(batch.now)))
        else:
            scripts = sorted(scripts_of(batch, extent.month(batch.now)), key=_order)
            if first:
                return await play(stage, notes, batch, scripts[:AT_FIRST])
            await write_articles(parts, company, extent.articles)
            told = await play(stage, notes, batch, scripts)
        await Counters(parts.store).forget(WALLBOARD, parts.clock.now())
        await let_route(parts, company.cast)
        await notes.tell_done(batch)
    return told


def scripts_of(batch: Batch, stories: Sequence[Story]) -> list[Script]:
    """The stories of a batch, oldest first: so are their numbers."""
    in_order = sorted(stories, key=lambda story: -story.opened)
    return [
        Script(story, f"{batch.key}/{story.slug}", batch.now, batch.number + place)
        for place, story in enumerate(in_order)
    ]


async def play(stage: Stage, notes: Notes, batch: Batch, scripts: Iterable[Script]) -> int:
    """Tell what was not told yet, a few at a time, in order; how many were."""
    missing = iter([each for each in scripts if each.key not in batch.played])
    told = 0

    async def tell() -> None:
        nonlocal told
        for script in missing:
            try:
                await stage.play(script)
            except (DomainError, KeyError) as error:  # Somebody in it is not there any more.
                logger.warning("%s was not told to its end: %s", script.key, error)
                if isinstance(error, DomainError) and error.retryable:
                    raise
            await notes.tell_played(batch, script.key)
            told += 1

    await together(*(tell() for _ in range(AT_ONCE)))
    return told


def _comes_first(script: Script) -> bool:
    story = script.story
    return story.opened < RECENT or (story.requester == "client" and story.opened < 4 * DAY)


def _order(script: Script) -> tuple[bool, bool, Millis]:
    """What a visitor looks at first, then what was written by hand, then the rest."""
    story = script.story
    return not _comes_first(script), is_generated(story), story.opened


async def run(settings: Settings) -> None:
    async with compose(settings) as parts:
        told = await seed(parts, first="--first" in sys.argv[1:])
    print(f"{told} tickets were put in." if told else "Everything is there.", flush=True)


if __name__ == "__main__":
    start(run)
