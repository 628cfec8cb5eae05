"""Asking a model with an eye on the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from ai.llm.asking import Ask, Down, Llm, Piece, Text, Unanswerable
from domain.text import seen

SECONDS = 30.0
"""So long a whole answer may take: a slower model is passed over while somebody still waits."""
TOKEN_CHARACTERS = 24
"""More than any answer has for each of its tokens; servers need not keep to `most_tokens`."""


async def within(llm: Llm, ask: Ask, seconds: float = SECONDS) -> AsyncGenerator[Piece]:
    """The answer, piece by piece; raises LlmError, also where it takes longer than `seconds` or
    says more than it was asked for. A model is trusted no more than those whom it reads: what
    nobody sees is not handed on."""
    left = ask.most_tokens * TOKEN_CHARACTERS
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
            if isinstance(piece, Text):
                left -= max(1, len(piece.text))
                if left < 0:
                    raise Unanswerable("the model does not end")
                piece = Text(seen(piece.text))
                if not piece.text:
                    continue
            yield piece
