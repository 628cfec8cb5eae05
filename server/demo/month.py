"""Short exchanges, spread over days as customers would write them: stories without an author."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate

from domain.message import Millis
from domain.ticket.state import Channel, Status
from server.demo.content import load_company, load_exchanges
from server.demo.shapes import REQUESTER, Exchange, House, Step, Story

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
BY_WEEKDAY = (13, 11, 10, 10, 9, 6, 5)
"""How many write on a Monday, on a Tuesday, and so on, against each other."""
BY_HOUR = (3, 2, 2, 2, 2, 3, 5, 8, 12, 14, 14, 13, 11, 11, 12, 12, 12, 11, 9, 8, 7, 6, 5, 4)
OPENS, CLOSES = 7, 19
"""When somebody answers, in UTC; whose morning has not come yet is answered by the late shift."""
FRESH = 9 * MINUTE
"""Most of what came in later than this before now waits for somebody, and nothing else does."""


def month(
    now: Millis,
    count: int,
    days: int = 30,
    seed: str = "month",
    beside: Sequence[Story] = (),
) -> tuple[Story, ...]:
    """So many exchanges of the days before `now`, oldest first; the same for the same words.

    With the stories `beside` them, each hour has as many as such an hour has.
    """
    chance = random.Random(f"{seed}:{now}")
    house = load_company()
    agents = _Rota(house, chance)
    customers = [each for each in house.customers if each.key != "client"]
    moments = _moments(now, count, days, chance, [now - each.opened for each in beside])
    deck = dealt(chance)
    stories: list[Story] = []
    for place, opened in enumerate(moments):
        exchange = next(deck)
        fitting = [each for each in customers if each.language == exchange.language]
        told = _Telling(exchange, opened, now, agents.of(exchange), chance)
        stories.append(told.story(f"{seed}-{place:03d}", chance.choice(fitting).key))
    return tuple(stories)


def _moments(
    now: Millis, count: int, days: int, chance: random.Random, taken: Sequence[Millis]
) -> Iterator[Millis]:
    """Oldest first, and as even as chance is not: a day of few would have hours of none."""
    last = now - MINUTE
    begun = [last - last % HOUR - n * HOUR for n in reversed(range(days * 24))]
    lengths = [min(HOUR, last - each) for each in begun]
    shares = [_share(*each) for each in zip(begun, lengths, strict=True)]
    there = [sum(each <= one < each + HOUR for one in taken) for each in begun]
    each_share = (count + sum(there)) / sum(shares)
    wanted = [max(0, share * each_share - n) for share, n in zip(shares, there, strict=True)]
    ends = list(accumulate(wanted))
    for place in range(count):
        at = (place + chance.random()) / count * ends[-1]
        hour = min(bisect(ends, at), len(ends) - 1)
        within = 1 - (ends[hour] - at) / wanted[hour]
        yield begun[hour] + int(lengths[hour] * within)


def _share(hour: Millis, length: Millis) -> float:
    """How much of the writing falls into an hour, or into so much of it."""
    at = datetime.fromtimestamp(hour / 1000, UTC)
    return BY_WEEKDAY[at.weekday()] * BY_HOUR[at.hour] * length / HOUR


def is_generated(story: Story) -> bool:
    """Whether nobody wrote a story: it is one of these exchanges."""
    return story.slug.startswith(("month-", "today-"))


class _Rota:
    """Whose turn it is in each team; the two whom visitors play take fewer."""

    def __init__(self, house: House, chance: random.Random) -> None:
        self._teams = {each.key: each.team for each in house.categories}
        self._house, self._chance = house, chance

    def of(self, exchange: Exchange) -> str:
        """The key of an agent of the category's team who speaks the language."""
        team = self._teams[exchange.category]
        able = [
            each
            for each in self._house.agents
            if team in each.teams and each.role == "agent" and exchange.language in each.languages
        ]
        weights = [1 if each.key in ("agent", "agent2") else 3 for each in able]
        return self._chance.choices(able, weights)[0].key


class _Telling:
    """One exchange at its time: taken, answered, thanked for, resolved, as far as it is by now."""

    def __init__(
        self, exchange: Exchange, opened: Millis, now: Millis, agent: str, chance: random.Random
    ) -> None:
        self._exchange, self._opened, self._now = exchange, opened, now
        self._agent, self._chance = agent, chance
        self._at = opened
        self._steps: list[Step] = []

    def story(self, slug: str, requester: str) -> Story:
        self._tell()
        exchange = self._exchange
        return Story(
            slug=slug,
            requester=requester,
            channel=self._chance.choice((Channel.PORTAL, Channel.MAIL, Channel.WIDGET)),
            opened=self._now - self._opened,
            then=tuple(self._steps),
            **exchange.model_dump(exclude={"answer", "thanks"}),
        )

    def _tell(self) -> None:
        chance, exchange = self._chance, self._exchange
        if self._now - self._opened < FRESH and chance.random() < 0.8:
            return
        self._wait_for_hours()
        wait = chance.randrange(2, 60) * MINUTE
        if self._at + wait >= self._now:
            wait = chance.randrange(2 * MINUTE, FRESH)
        if not self._then(wait, self._agent, assign=self._agent):
            return
        if not self._then(chance.randrange(1, 12) * MINUTE, self._agent, reply=exchange.answer):
            return
        if exchange.thanks and chance.random() < 0.7:
            late = chance.choice((10 * MINUTE, 40 * MINUTE, 3 * HOUR))
            if not self._then(chance.randrange(MINUTE, late), REQUESTER, reply=exchange.thanks):
                return
        resolved = chance.randrange(2, 240) * MINUTE
        if self._then(resolved, self._agent, status=Status.RESOLVED) and chance.random() < 0.25:
            self._then(chance.randrange(1, 3) * DAY, self._agent, status=Status.CLOSED)

    def _wait_for_hours(self) -> None:
        """Who wrote at night was answered in the morning."""
        at = datetime.fromtimestamp(self._at / 1000, UTC)
        if OPENS <= at.hour < CLOSES:
            return
        opens = at.replace(hour=OPENS, minute=0, second=0, microsecond=0).timestamp() * 1000
        morning = int(opens) + (DAY if at.hour >= CLOSES else 0)
        if morning + HOUR < self._now:
            self._at = morning

    def _then(self, wait: Millis, by: str, **act: object) -> bool:
        """Let something happen after a wait; False where that has not come yet."""
        happens = self._at + wait
        if happens >= self._now:
            return False
        before = self._opened + sum(step.after for step in self._steps)
        self._steps.append(Step.model_validate({"after": happens - before, "by": by, **act}))
        self._at = happens
        return True


def dealt(chance: random.Random) -> Iterator[Exchange]:
    """All exchanges in some order, their words filled in, and again in another."""
    written = load_exchanges()
    while True:
        for exchange in chance.sample(written.exchanges, len(written.exchanges)):
            yield exchange.filled(
                {name: chance.choice(those) for name, those in written.values.items()}
            )
