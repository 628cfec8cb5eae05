"""A model for tests of what stands around one."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from ai.llm.asking import Ask, End, LlmError, Piece, Reason, Text


class Model:
    """Says what it is told to say, and keeps what it was asked."""

    name, up = "model", True

    def __init__(self, *texts: str, then: LlmError | None = None) -> None:
        self.texts, self.then = texts, then
        self.asked: list[Ask] = []
        self.closed = False

    async def ask(self, ask: Ask) -> AsyncGenerator[Piece]:
        self.asked.append(ask)
        try:
            for text in self.texts:
                yield Text(text)
            if self.then:
                raise self.then
            yield End(Reason.STOP)
        finally:
            self.closed = True

    async def look(self) -> None: ...

    async def close(self) -> None: ...
