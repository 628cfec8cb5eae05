"""The tiny model in its own process, as the product starts it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ai.llm.asking import Ask, End, Piece, Place, Role, Text, Turn
from ai.llm.local import LocalLlm

MISSING = [name for name in ("llama_cpp", "gguf", "tokenizers", "autograd") if not find_spec(name)]
needs_llama = pytest.mark.skipif(
    bool(MISSING), reason=f"not run without {', '.join(MISSING)}: make llm installs it"
)


class Served:
    """A process of a model, the tiny one unless told otherwise, to be asked and to be killed."""

    def __init__(self, place: Path, *options: str) -> None:
        self.place = place
        self._options = options
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, model: Path | None = None) -> None:
        from tests.ai.llm.tiny import tiny_model

        model = model or await asyncio.to_thread(tiny_model)
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ai.llm.serve", "--threads", "1"),
            *("--model", str(model), "--socket", str(self.place), *self._options),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert self._process.stdout
        line = await asyncio.wait_for(self._process.stdout.readline(), 60)
        assert b" answers at " in line, line + await self._process.stdout.read()

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process
        return self._process

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()
        await asyncio.wait_for(self.process.communicate(), 30)


@pytest.fixture
def folder() -> AsyncIterator[Path]:
    with TemporaryDirectory(prefix="dw-") as folder:  # A socket's path may not be long.
        yield Path(folder)


@pytest.fixture
async def served(folder: Path) -> AsyncIterator[Served]:
    served = Served(folder / "llm.sock")
    await served.start()
    yield served
    await served.stop()


@pytest.fixture
async def llm(served: Served) -> AsyncIterator[LocalLlm]:
    llm = LocalLlm(served.place)
    yield llm
    await llm.close()


def say_after(words: str, most_tokens: int = 64) -> Ask:
    turns = (Turn(Role.SYSTEM, "bal del gil"), Turn(Role.USER, words))
    return Ask(turns, most_tokens=most_tokens)


async def sayable(llm: LocalLlm, count: int) -> list[str]:
    """Texts that it says rightly when nothing else is asked: it is tiny, and errs now and then."""
    from tests.ai.llm.tiny import some_words

    said: list[str] = []
    for number in range(2 * count + 2):
        if (await whole(llm, say_after(some_words(number))))[0] == some_words(number):
            said.append(some_words(number))
        if len(said) == count:
            return said
    raise AssertionError(f"it says only {len(said)} of {2 * count + 2} texts rightly")


async def whole(llm: LocalLlm, ask: Ask) -> tuple[str, End]:
    """An answer's text and its end."""
    pieces = [piece async for piece in llm.ask(ask)]
    assert isinstance(pieces[-1], End)
    return text_of(pieces), pieces[-1]


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))


def places_of(pieces: list[Piece]) -> list[int]:
    return [piece.place for piece in pieces if isinstance(piece, Place)]
