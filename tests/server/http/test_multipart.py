"""The one file of a multipart body."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel
from starlette.applications import Starlette

from server.http.multipart import FilePart
from server.http.operation import Call, Who, operation, routes_of
from server.http.rates import Rates
from server.http.reading import TooLarge
from server.http.refusals import HANDLERS
from server.settings import Settings

LIMIT = 200_000


class Received(BaseModel):
    name: str | None
    size: int
    largest_chunk: int


@operation("POST", "/files", "Receive", answers=Received, who=Who.ANYBODY, uploads=True)
async def receive(call: Call) -> Received:
    part = FilePart(call.request, LIMIT)
    sizes = [len(chunk) async for chunk in part.chunks()]
    return Received(name=part.name, size=sum(sizes), largest_chunk=max(sizes, default=0))


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    settings = Settings(
        mongodb_url="mongodb://localhost",
        redis_url="redis://localhost",
        secret_key="x" * 32,
        data_dir=tmp_path,
    )
    app = Starlette(routes=routes_of([receive], None, Rates(settings)), exception_handlers=HANDLERS)  # type: ignore
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test")


def body_of(*parts: bytes, end: bytes = b"--edge--\r\n") -> bytes:
    return b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + end


FILE = b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello'
OTHER = b'Content-Disposition: form-data; name="note"\r\n\r\nhello'
KIND = {"Content-Type": "multipart/form-data; boundary=edge"}


async def test_a_file_of_any_size_below_the_limit_comes_in_chunks(client: httpx.AsyncClient):
    content = bytes(range(256)) * 700
    response = await client.post("/files", files={"file": ("Grüße.bin", content)})

    assert response.json()["name"] == "Grüße.bin"
    assert response.json()["size"] == len(content)


async def test_a_boundary_in_the_middle_of_a_chunk_is_found(client: httpx.AsyncClient):
    whole = body_of(FILE)

    async def trickle() -> AsyncIterator[bytes]:
        for start in range(len(whole)):
            yield whole[start : start + 1]

    response = await client.post("/files", content=trickle(), headers=KIND)

    assert response.json() == {"name": "a.txt", "size": 5, "largest_chunk": 1}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (body_of(OTHER), "field `file`"),
        (body_of(FILE, OTHER), "field `file`"),
        (body_of(FILE, FILE), "one file at a time"),
        (body_of(FILE, end=b""), "ended in the middle"),
        (body_of(FILE)[:-20], "ended in the middle"),
        (b"", "ended in the middle"),
        (b"--other\r\n" + FILE, "boundary"),
        (body_of(b'Content-Disposition: form-data; name="file"\r\n\r\nhello'), "field `file`"),
    ],
)
async def test_a_body_without_exactly_one_whole_file_is_refused(
    client: httpx.AsyncClient, body: bytes, says: str
):
    response = await client.post("/files", content=body, headers=KIND)

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (422, "invalid")
    assert says in error["message"]


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/plain"])
async def test_a_body_of_another_type_is_refused(client: httpx.AsyncClient, kind: str):
    response = await client.post("/files", content=body_of(FILE), headers={"Content-Type": kind})

    assert response.status_code == 415


async def test_a_file_beyond_the_limit_is_refused_on_its_way(client: httpx.AsyncClient):
    async def endless() -> AsyncIterator[bytes]:
        yield b"--edge\r\n" + FILE
        for _ in range(LIMIT // 10_000 + 10):
            yield bytes(10_000)
        raise AssertionError("nobody may read on")

    response = await client.post("/files", content=endless(), headers=KIND)

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (413, "too_large")
    assert error["fields"] == TooLarge(LIMIT).fields
