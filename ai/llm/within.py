"""Asking a model with an eye on the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from ai.llm.asking import Ask, Down, Llm, Piece

SECONDS = 30.0
"""So long a whole answer may take: a slower model is passed over while somebody still waits."""


async def within(llm: Llm, ask: Ask, seconds: float = SECONDS) -> AsyncGenerator[Piece]:
    """The answer, piece by piece; raises LlmError, also where it takes longer than `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    async with aclosing(llm.ask(ask)) as pieces:
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    piece = await anext(pieces, None)
            except TimeoutError:
                raise Down(f"no answer within {seconds:.0f} s") from None
            if piece is None:
                return
            yield piece
