"""A demo's store for tests: the company, and as many of its stories as a test needs."""

from __future__ import annotations

from server.demo.content import load_articles, load_stories
from server.demo.seeding import Extent
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


def story(slug: str) -> Story:
    """One of them."""
    (found,) = (each for each in load_stories() if each.slug == slug)
    return found
