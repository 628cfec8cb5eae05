"""A model behind an OpenAI-compatible address: llama-server, vLLM, Ollama, or a hosted one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import suppress
from typing import Any

import orjson
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from ai.llm.asking import Ask, Busy, Down, End, LlmError, Piece, Reason, Text, Unanswerable
from ai.llm.breaker import Breaker

CONNECT_SECONDS = 3.0
SILENT_SECONDS = 60.0
"""Between two pieces: a large question is read for a while before the first."""
TRIES = 3
PAUSE_SECONDS = 0.5
LONGEST_WAIT = 10.0
"""A `Retry-After` beyond it is the asker's to wait."""
LONGEST_WHY = 300
_CONTROL = re.compile(
    # The beginnings of control words: of Llama, ChatML, Phi and DeepSeek; of Gemma; of Llama 2
    # and Mistral; and what several write around thoughts and calls.
    r"<(?=[|｜]|/?(?:start|end)_of_|/?(?:s|bos|eos|pad|unk|think|tool_\w+)>|</?SYS>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])",
    re.IGNORECASE,
)
BROKEN = (ClientError, OSError, ValueError, LookupError, TypeError, AttributeError)
"""What comes of a server that is away, or says what no such server says."""


class RemoteLlm:
    """`url` ends before `/v1`; without a `model` the first that the server lists is taken."""

    def __init__(self, url: str, *, model: str | None = None, key: str | None = None) -> None:
        self._url = url.rstrip("/").removesuffix("/v1")
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._breaker = Breaker()
        self._session: ClientSession | None = None
        self._up = False

    @property
    def name(self) -> str | None:
        return self._model

    @property
    def up(self) -> bool:
        return self._up

    async def look(self) -> None:
        with suppress(LlmError):
            await self._models()

    async def ask(self, ask: Ask) -> AsyncGenerator[Piece]:
        for tries_left in reversed(range(TRIES)):
            begun = False
            try:
                async for piece in self._once(ask):
                    begun = True
                    yield piece
                return
            except Busy as busy:
                if not tries_left or busy.retry_after > LONGEST_WAIT:
                    raise
                await asyncio.sleep(busy.retry_after)
            except Down:
                # What was begun is not begun anew: somebody has read half of it.
                if begun or not tries_left or self._breaker.left:
                    raise
                await asyncio.sleep(PAUSE_SECONDS * (TRIES - tries_left))

    async def _once(self, ask: Ask) -> AsyncGenerator[Piece]:
        if left := self._breaker.left:
            raise Down(f"{self._url} failed too often; asked again in {left:.0f} s")
        model = self._model or await self._models()
        try:
            async with self._open().post(
                f"{self._url}/v1/chat/completions", json=_body(ask, model), headers=self._headers
            ) as answer:
                await _refuse(answer)
                async for piece in _pieces(answer.content):
                    yield piece
        except (Unanswerable, Busy):
            self._heard(True)
            raise
        except (*BROKEN, Down) as error:
            self._heard(False)
            raise Down(f"{self._url}: {error or type(error).__name__}") from error
        self._heard(True)

    async def _models(self) -> str:
        """The name of the model; asks the server where none was given."""
        try:
            async with self._open().get(f"{self._url}/v1/models", headers=self._headers) as answer:
                await _refuse(answer)
                listed = [str(each["id"]) for each in (await answer.json())["data"]]
        except BROKEN as error:
            self._heard(False)
            raise Down(f"{self._url}: {error or type(error).__name__}") from error
        if self._model is None and not listed:
            self._heard(False)
            raise Down(f"{self._url} has no model")
        self._heard(True)
        self._model = self._model or listed[0]
        return self._model

    def _heard(self, well: bool) -> None:
        self._up = well
        if well:
            self._breaker.succeeded()
        else:
            self._breaker.failed()

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            patience = ClientTimeout(
                total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENT_SECONDS
            )
            self._session = ClientSession(timeout=patience)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def as_words(content: str) -> str:
    """A text without anything that a server's chat template would take for control: these read
    what others wrote together with their own words."""
    return _CONTROL.sub(r"\g<0> ", content)


def _body(ask: Ask, model: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": turn.role, "content": as_words(turn.content)} for turn in ask.turns],
        "max_tokens": ask.most_tokens,
        "temperature": ask.temperature,
        "seed": ask.seed,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if ask.schema is not None:
        schema = {"name": "answer", "strict": True, "schema": dict(ask.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


async def _refuse(answer: ClientResponse) -> None:
    """Raise what an answer's status says."""
    if answer.ok:
        return
    why = (await answer.text())[:LONGEST_WHY]
    if answer.status in (429, 503):
        raise Busy(_seconds(answer.headers.get("Retry-After")))
    if 400 <= answer.status < 500:
        raise Unanswerable(f"{answer.status}: {why}")
    raise Down(f"{answer.status}: {why}")


def _seconds(told: str | None) -> float:
    return float(told) if told and told.isdecimal() else 1.0


async def _pieces(lines: AsyncIterable[bytes]) -> AsyncIterator[Piece]:
    """What server-sent events say; raises Down where they end before the answer does."""
    reason, usage = None, dict[str, int]()
    async for line in lines:
        if not line.startswith(b"data:"):
            continue
        data = line.removeprefix(b"data:").strip()
        if data == b"[DONE]":
            break
        said: dict[str, Any] = orjson.loads(data)
        if "error" in said:
            raise Down(str(said["error"])[:LONGEST_WHY])
        usage = said.get("usage") or usage
        for choice in said.get("choices") or ():
            if text := choice.get("delta", {}).get("content"):
                yield Text(text)
            reason = choice.get("finish_reason") or reason
    if reason is None:
        raise Down("the answer broke off")
    ended = Reason.LENGTH if reason == "length" else Reason.STOP
    yield End(ended, usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0))
