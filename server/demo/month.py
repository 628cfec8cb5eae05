"""Short exchanges, spread over days as customers would write them: stories without an author."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from domain.message import Millis
from domain.ticket.state import Channel, Status
from server.demo.content import load_company, load_exchanges
from server.demo.shapes import REQUESTER, Exchange, House, Step, Story

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
BY_WEEKDAY = (16, 11, 10, 10, 9, 5, 4)
"""How many write on a Monday, on a Tuesday, and so on, against each other."""
BY_HOUR = (1, 1, 0, 0, 0, 1, 3, 7, 12, 15, 14, 12, 9, 10, 12, 12, 11, 9, 7, 6, 6, 5, 3, 2)
OPENS, CLOSES = 7, 19
"""When somebody answers, in UTC."""
FRESH = 30 * MINUTE
"""What came in later than this before now waits for its answer."""


def month(now: Millis, count: int, days: int = 30, seed: str = "month") -> tuple[Story, ...]:
    """So many exchanges of the days before `now`, oldest first; the same for the same words."""
    chance = random.Random(f"{seed}:{now}")
    house = load_company()
    agents = _Rota(house, chance)
    customers = [each for each in house.customers if each.key != "client"]
    moments = sorted(_moments(now, count, days, chance))
    deck = dealt(chance)
    stories: list[Story] = []
    for place, opened in enumerate(moments):
        exchange = next(deck)
        fitting = [each for each in customers if each.language == exchange.language]
        told = _Telling(exchange, opened, now, agents.of(exchange), chance)
        stories.append(told.story(f"{seed}-{place:03d}", chance.choice(fitting).key))
    return tuple(stories)


def _moments(now: Millis, count: int, days: int, chance: random.Random) -> Iterator[Millis]:
    hours = [now - now % HOUR - n * HOUR for n in range(days * 24)]
    at = [datetime.fromtimestamp(hour / 1000, UTC) for hour in hours]
    weights = [BY_WEEKDAY[each.weekday()] * BY_HOUR[each.hour] for each in at]
    for hour in chance.choices(hours, weights, k=count):
        moment = hour + chance.randrange(HOUR)
        yield moment if moment < now - MINUTE else now - chance.randrange(MINUTE, FRESH)


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
        if not self._then(chance.randrange(2, 60) * MINUTE, self._agent, assign=self._agent):
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
        """Who writes at night is answered in the morning."""
        at = datetime.fromtimestamp(self._at / 1000, UTC)
        if OPENS <= at.hour < CLOSES:
            return
        morning = at.replace(hour=OPENS, minute=0, second=0, microsecond=0).timestamp() * 1000
        self._at = int(morning) + (DAY if at.hour >= CLOSES else 0)

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
