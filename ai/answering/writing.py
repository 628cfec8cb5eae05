"""Making an answer of passages: by quoting them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable, Sequence
from html import unescape
from typing import NamedTuple, Protocol

from ai.answering.passages import Passage
from ai.answering.words import words_in
from domain.assistant.state import AssistantLevel, Source

QUOTED = 1_200
"""Characters of a passage that a source names; its article has the rest."""
OFFERED = 3
"""So many articles are named where it is not clear what is meant."""
WORD_SECONDS, SHOWN_WITHIN = 0.03, 1.5
"""How long a word stands alone, and after how many seconds a whole text is there."""
_MARKS = re.compile(r"([\\`*_\[\]<>~|])")
_DESTINATION = re.compile(r"\](?:\(|:)\s*<?([^\s<>()]+)")
"""Where a link in Markdown leads to, whatever that looks like."""
_WITHIN_ADDRESS = r"[^\s<>()\[\]\"'`:,;/@]"
_BARE = re.compile(
    # A browser's host ends no sooner than at a blank, whatever a sentence looks like.
    r"(?:https?:)?//[^\s<>]+|www\.[^\s<>]+"
    r"|(?<=<)[a-z][a-z0-9+.-]*:[^\s<>]+"
    r"|(?<![\w./-])(?:[\w-]+\.)+[a-z]{2,}/[^\s<>]+",
    re.IGNORECASE,
)
_ADDRESS = re.compile(rf"(?<!{_WITHIN_ADDRESS}){_WITHIN_ADDRESS}*@[\w-]+(?:\.[\w-]+)+")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


class Asked(NamedTuple):
    """A question, in its language."""

    text: str
    language: str


class NotInSources(Exception):
    """Whoever read the passages closely found no answer in them, or says what they do not."""


class NoAnswer(NotInSources):
    """It is said before a word is written."""


class Writer(Protocol):
    """Words an answer from passages, piece by piece, as fast as it is to be shown."""

    @property
    def level(self) -> AssistantLevel: ...

    @property
    def reads(self) -> int:
        """From how many passages, at most: its answer's sources."""
        ...

    @property
    def beyond(self) -> Writer | None:
        """Who answers without any passage; None where nobody can."""
        ...

    def write(self, asked: Asked, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        """The answer; raises NotInSources first, or LlmError where a model fails."""
        ...


class Quoting:
    """Needs no model: the best passage, word for word."""

    level = AssistantLevel.PASSAGES
    reads = 1
    beyond = None

    def write(self, asked: Asked, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        return paced(quote(asked, passages[0]))


async def paced(text: str) -> AsyncGenerator[str]:
    """A text that is there already, word by word, so that it can be read along."""
    pieces = re.findall(r"\s*\S+\s*", text)
    for piece in pieces:
        yield piece
        await asyncio.sleep(min(WORD_SECONDS, SHOWN_WITHIN / len(pieces)))


def quote(asked: Asked, passage: Passage) -> str:
    """A passage as it stands in its article, quoted as Markdown quotes."""
    quoted = "\n".join(f"> {line}".rstrip() for line in passage.text.split("\n"))
    place = " › ".join(literal(each) for each in (passage.title, passage.heading) if each)
    return f"{words_in(asked.language).found}\n\n**{place}**\n\n{quoted}"


def ask_back(asked: Asked, passages: Sequence[Passage]) -> str:
    """A question that names what could be meant."""
    titles = "\n".join(f"- {literal(each.title)}" for each in by_article(passages)[:OFFERED])
    return f"{words_in(asked.language).meant}\n\n{titles}"


def by_article(passages: Sequence[Passage]) -> list[Passage]:
    """The best passage of each article, in the order of the articles."""
    best: dict[str, Passage] = {}
    for each in passages:
        best.setdefault(each.article_id, each)
    return list(best.values())


def sources_of(passages: Sequence[Passage]) -> tuple[Source, ...]:
    """What an answer names as where it has it from: each article once."""
    return tuple(
        Source(article_id=each.article_id, title=each.title, passage=_cut(each.plain, QUOTED))
        for each in by_article(passages)
    )


def foreign_links(text: str, sources: Iterable[str], *, growing: bool = False) -> list[str]:
    """The links in a text that stand in none of its sources.

    While it is growing, the last may still become one of theirs.
    """
    said = _links_in(text)
    if not said:
        return []
    known = _with_short_forms({link for each in sources for link in _links_in(each)})
    end = _ended(_read(text))

    def may_become_known(link: str) -> bool:
        return growing and end.endswith(link) and any(each.startswith(link) for each in known)

    return [each for each in said if each not in known and not may_become_known(each)]


def links_of(passages: Iterable[Passage]) -> list[str]:
    """The texts whose links an answer from these passages may have."""
    return [part for each in passages for part in (each.title, each.heading, each.text)]


def _links_in(text: str) -> list[str]:
    """Whatever a page, a browser or a mail program makes a link of."""
    read = _read(text)
    bare = _DESTINATION.sub(" ", read)
    found = [*_DESTINATION.findall(read), *_BARE.findall(bare), *_ADDRESS.findall(bare)]
    return [ended for link in dict.fromkeys(found) if (ended := _ended(link))]


def _with_short_forms(links: set[str]) -> set[str]:
    written = {f"mailto:{each}" for each in links if "@" in each}
    return links | written | {each.partition("//")[2] for each in links}


def _read(text: str) -> str:
    """As a page reads Markdown: `https&colon;` and `https:\\/` lead where `https:/` does."""
    return _ESCAPED.sub(r"\1", unescape(text))


def _ended(text: str) -> str:
    """Without what ends a sentence, or what a link stands in."""
    return text.rstrip(".,;:!?…()[]}\"'`*_~|")


def literal(text: str) -> str:
    """A line as Markdown that shows just this line."""
    return _MARKS.sub(r"\\\1", text)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    end = text.rfind(" ", 0, most)
    return text[: end if end > 0 else most].rstrip() + " …"
