"""The copilot's text, piece by piece: by a model where there is one, else by what is there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import NamedTuple

from ai.answering.writing import foreign_links, links_of, sources_of
from ai.copilot.plain import suggestion, summary
from ai.copilot.wanted import Task, Wanted
from ai.llm.asking import Llm, LlmError, Place, Text
from ai.llm.within import within
from ai.prompts.copilot import asked_of_model
from ai.prompts.grounded import PASSAGES
from domain.assistant.state import AssistantLevel, Source


class Begun(NamedTuple):
    """A text begins, and takes the place of what came before it."""

    level: AssistantLevel
    sources: tuple[Source, ...]


Piece = Begun | Place | Text


class NeedsModel(Exception):
    """A draft is put into other words by a language model only, and none answers."""


class NothingFound(Exception):
    """No article answers, and there is no model to ask the client what is missing."""


async def help_with(wanted: Wanted, llm: Llm | None) -> AsyncGenerator[Piece]:
    """What is wanted; raises NeedsModel or NothingFound."""
    if llm and llm.up:
        try:
            async with aclosing(_by_model(wanted, llm)) as pieces:
                async for piece in pieces:
                    yield piece
                return
        except (LlmError, _ForeignLink):
            pass  # What can be done without it is.
    if wanted.task.rewrites:
        raise NeedsModel
    if wanted.task is Task.SUMMARISE:
        yield Begun(AssistantLevel.PASSAGES, ())
        yield Text(summary(wanted))
        return
    if not wanted.passages:
        raise NothingFound
    yield Begun(AssistantLevel.PASSAGES, sources_of(wanted.passages[:1]))
    yield Text(suggestion(wanted))


class _ForeignLink(Exception):
    """A link that stands in none of the sources: not even the agent is shown it."""


async def _by_model(wanted: Wanted, llm: Llm) -> AsyncGenerator[Piece]:
    told = wanted.passages[:PASSAGES] if wanted.task is Task.SUGGEST else ()
    may_link = _linked_by(wanted)
    yield Begun(AssistantLevel.MODEL, sources_of(told))
    body = ""
    async with aclosing(within(llm, asked_of_model(wanted))) as pieces:
        async for piece in pieces:
            if isinstance(piece, Place):
                yield piece
            elif isinstance(piece, Text):
                body += piece.text
                if foreign_links(body, may_link, growing=True):
                    raise _ForeignLink
                yield piece
    if not body.strip():
        raise LlmError("the model said nothing")
    if foreign_links(body, may_link):
        raise _ForeignLink


def _linked_by(wanted: Wanted) -> Sequence[str]:
    """The texts whose links are not the model's own."""
    if wanted.task.rewrites:
        return [wanted.draft]
    if wanted.task is Task.SUMMARISE:
        return [line.text for line in wanted.talk]
    return links_of(wanted.passages[:PASSAGES])
