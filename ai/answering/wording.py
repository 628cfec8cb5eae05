"""Making an answer of passages: a language model words it, and keeps to them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from ai.answering.passages import Passage
from ai.answering.writing import Asked, NoAnswer, NotInSources
from ai.llm.asking import Ask, Llm, LlmError, Text
from ai.llm.within import within
from ai.prompts.general import general
from ai.prompts.grounded import NO_ANSWER, PASSAGES, grounded
from domain.assistant.state import AssistantLevel
from domain.text import is_blank


class Wording:
    """Needs a model that answers; see Writer for what it raises."""

    level = AssistantLevel.MODEL
    reads = PASSAGES

    def __init__(self, llm: Llm) -> None:
        self._llm = llm
        self.beyond = General(llm)

    def write(self, asked: Asked, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        told = [(each.title, each.plain) for each in passages[:PASSAGES]]
        return answered(_texts(self._llm, grounded(asked.text, asked.language, told)))


class General:
    """What a model knows by itself, and its reader is told so. It gives no links: it has none."""

    level = AssistantLevel.GENERAL
    reads = 0
    beyond = None

    def __init__(self, llm: Llm) -> None:
        self._llm = llm

    def write(self, asked: Asked, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        return answered(_texts(self._llm, general(asked.text, asked.language)))


async def _texts(llm: Llm, ask: Ask) -> AsyncGenerator[str]:
    async with aclosing(within(llm, ask)) as said:
        async for piece in said:
            if isinstance(piece, Text):
                yield piece.text


async def answered(texts: AsyncGenerator[str]) -> AsyncGenerator[str]:
    """What a model says, held back while it may still say that it does not know."""
    said, clear = "", False
    async with aclosing(texts):
        async for text in texts:
            said += text
            begun = said.lstrip()
            if begun.startswith(NO_ANSWER):
                raise NoAnswer
            if NO_ANSWER in said:
                raise NotInSources  # It says so late.
            if clear:
                yield text
            elif not is_blank(begun) and not NO_ANSWER.startswith(begun):
                clear = True
                yield begun
    if not clear:
        raise LlmError("the model said nothing") if is_blank(said) else NoAnswer
