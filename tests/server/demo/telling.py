"""A demo's store for tests: the company, and as many of its stories as a test needs."""

from __future__ import annotations

from domain.message import Millis
from domain.people.state import Routing
from server.demo.content import load_articles, load_company, load_stories
from server.demo.month import is_generated
from server.demo.seeding import LATELY, Extent
from server.demo.shapes import Story

FEW = (
    "half-of-the-order",
    "range-has-halved",
    "swift-stolen-this-morning",
    "zip-again",
    "cheaper-since-yesterday",
    "friend-code-missing",
    "said-delivered",
)


def few(exchanges: int = 0) -> Extent:
    """Open and closed ones, of today and of weeks ago, one that goes on in a follow-up."""
    stories = [story for story in load_stories() if story.slug in FEW]
    return Extent(stories, load_articles()[:2], exchanges)


def all_there_is() -> Extent:
    """What `make demo` tells."""
    return Extent(load_stories(), load_articles(), LATELY)


class Shortened(Extent):
    """Of the exchanges of a month those of the team that is routed, and few of the others."""

    def month(self, now: Millis) -> list[Story]:
        house = load_company()
        routed = {each.key for each in house.teams if each.routing is Routing.OFFER}
        asked = {each.key for each in house.categories if each.team in routed}
        return [
            each
            for place, each in enumerate(super().month(now))
            if not is_generated(each) or each.category in asked or place % 12 == 0
        ]


def story(slug: str) -> Story:
    """One of them."""
    (found,) = (each for each in load_stories() if each.slug == slug)
    return found
