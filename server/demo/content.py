"""Reads the demo company's files, and checks what they name of each other."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar

from pydantic import ValidationError

from server.demo.shapes import (
    NOBODY,
    REQUESTER,
    Article,
    Content,
    Exchanges,
    House,
    Lines,
    Story,
)

HERE = Path(__file__).parent

_Read = TypeVar("_Read", bound=Content)


class ContentError(ValueError):
    """A file of the demo company that cannot be used; the message names it and says why."""


@cache
def load_company() -> House:
    """The teams, inboxes, agents and customers."""
    path = HERE / "company.toml"
    house = _read(path, House, _toml(path))
    for name in type(house).model_fields:
        _distinct(path, name, [each.key for each in getattr(house, name)])
    _distinct(path, "first names of agents", [agent.name.split()[0] for agent in house.agents])
    _distinct(path, "addresses", [mail for each in house.customers for mail in each.emails])
    for directed in (*house.categories, *house.inboxes):
        _known(path, "team", [directed.team], _keys(house.teams))
    for category in house.categories:
        in_team = {each.key for each in house.agents if category.team in each.teams}
        _known(path, f"member of {category.team}", category.members, in_team)
    for agent in house.agents:
        _known(path, "team", agent.teams, _keys(house.teams))
        _known(path, "skill", agent.skills, _keys(house.skills))
    for customer in house.customers:
        _known(path, "company", [customer.company], _keys(house.companies))
    return house


@cache
def load_stories() -> tuple[Story, ...]:
    """Every story, by its slug."""
    paths = sorted((HERE / "stories").glob("*.toml"))
    return tuple(_story(path, load_company()) for path in paths)


@cache
def load_exchanges() -> Exchanges:
    """The short exchanges and the values of their placeholders."""
    path = HERE / "short.toml"
    short = _read(path, Exchanges, _toml(path))
    for each in short.exchanges:
        _check_place(path, each.inbox, each.category)
        _known(path, "article", [each.article], _slugs())
        said = f"{each.title} {each.body} {each.answer} {each.thanks or ''}"
        named = [name for _, name, _, _ in Formatter().parse(said) if name is not None]
        _known(path, "placeholder", named, short.values)
    return short


@cache
def load_articles() -> tuple[Article, ...]:
    """Every article: by language, category and slug."""
    root = HERE / "articles"
    articles = tuple(_article(path) for path in sorted(root.glob("*/*/*.md")))
    _distinct(root, "slugs", [f"{each.language}/{each.slug}" for each in articles])
    return articles


@cache
def load_lines() -> Lines:
    """What simulated people say."""
    path = HERE / "lines.toml"
    return _read(path, Lines, _toml(path))


def _story(path: Path, house: House) -> Story:
    story = _read(path, Story, {"slug": path.stem, **_toml(path)})
    agents, customers = _keys(house.agents), _keys(house.customers)
    _check_place(path, story.inbox, story.category)
    _known(path, "customer", [story.requester], customers)
    _known(path, "agent", [story.opened_by], agents)
    _known(path, "article", [story.article], _slugs())
    for step in story.steps:
        _known(path, "agent", [step.by], agents | {REQUESTER})
        _known(path, "agent", [step.assign], agents | {NOBODY})
        _known(path, "team", [step.team], _keys(house.teams))
        _known(path, "category", [step.category], _keys(house.categories))
        _check_mentions(path, house, step.note or "")
    return story


def _check_mentions(path: Path, house: House, note: str) -> None:
    try:
        house.mentioned(note)
    except KeyError as error:
        raise ContentError(f"{path.name}: nobody here is called @{error.args[0]}") from None


def _check_place(path: Path, inbox: str, category: str | None) -> None:
    house = load_company()
    _known(path, "inbox", [inbox], _keys(house.inboxes))
    _known(path, "category", [category], _keys(house.categories))


def _article(path: Path) -> Article:
    parts = path.read_text(encoding="utf-8").split("+++\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ContentError(f"{path.name}: its front matter stands between two lines of +++")
    _, front, body = parts
    language, category = path.parts[-3:-1]
    named = {"slug": path.stem, "language": language, "body": body.strip()}
    article = _read(path, Article, {**named, **tomllib.loads(front)})
    if article.category != category:
        raise ContentError(f"{path.name}: it says {article.category!r} and lies in {category!r}")
    _known(path, "category", [category], _keys(load_company().categories))
    return article


def _slugs() -> frozenset[str]:
    return frozenset(article.slug for article in load_articles())


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: {error}") from None


def _read(path: Path, kind: type[_Read], data: dict[str, Any]) -> _Read:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise ContentError(f"{path.name}: {error}") from None


def _keys(things: Iterable[Any]) -> frozenset[str]:
    return frozenset(thing.key for thing in things)


def _distinct(path: Path, what: str, names: list[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ContentError(f"{path.name}: {what} stand there twice: {', '.join(twice)}")


def _known(path: Path, what: str, named: Iterable[str | None], known: Collection[str]) -> None:
    if strangers := sorted({name for name in named if name is not None and name not in known}):
        raise ContentError(f"{path.name}: there is no {what} {', '.join(strangers)}")
