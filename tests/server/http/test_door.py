"""The door itself, with operations made for the test: one error shape, limits, headers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from pymongo.errors import ServerSelectionTimeoutError

from domain.errors import Conflict, Forbidden, RateLimited, Unauthenticated
from server.app import make_http
from server.brands import Brands
from server.http.operation import Call, Who, operation
from server.http.pages import Pages
from server.http.reading import JSON_MAX_BYTES
from server.settings import Settings


class Greeting(BaseModel, extra="forbid"):
    words: str
    times: int = 1


class Paging(BaseModel, extra="forbid"):
    limit: int = 10


@operation(
    "POST", "/api/greetings", "Greet", takes=Greeting, answers=Greeting, status=201, who=Who.ANYBODY
)
async def greet(_call: Call, greeting: Greeting) -> Greeting:
    return greeting


@operation("GET", "/api/greetings", "List", takes=Paging, answers=Paging, who=Who.ANYBODY)
async def look(_call: Call, paging: Paging) -> Paging:
    return paging


@operation("DELETE", "/api/greetings", "Forget", who=Who.ANYBODY)
async def forget(_call: Call) -> None:
    return None


@operation("GET", "/api/greetings/{id}", "Read", who=Who.ANYBODY)
async def read(call: Call) -> None:
    call.id()


@operation("GET", "/api/mine", "Only with a token", answers=Paging)
async def mine(_call: Call) -> Paging:
    return Paging()


@operation("POST", "/api/key", "Say the command id", who=Who.ANYBODY)
async def say_key(call: Call) -> None:
    assert call.command_id


@operation("GET", "/api/fails/{how}", "Fail", who=Who.ANYBODY)
async def fail(call: Call) -> None:
    raise {
        "unforeseen": ZeroDivisionError("a secret detail"),
        "database": ServerSelectionTimeoutError("no primary"),
        "busy": RateLimited("Slow down.", fields={"retry_after": 3.4}),
        "conflict": Conflict("It moved."),
        "forbidden": Forbidden("You may not."),
    }[call.request.path_params["how"]]


class NobodyIsIn:
    async def authenticate(self, token: str) -> None:
        raise Unauthenticated("This token is not valid.")


def client_of(settings: Settings) -> httpx.AsyncClient:
    brands = Brands(settings, Any, Any)
    parts: Any = SimpleNamespace(settings=settings, sessions=NobodyIsIn(), brands=brands)
    app = make_http(parts, (greet, look, forget, read, mine, say_key, fail))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        mongodb_url="mongodb://localhost",
        redis_url="redis://localhost",
        secret_key="x" * 32,
        public_url="http://desk.test",
        allowed_origins=("https://shop.test",),
        data_dir=tmp_path,
    )


@pytest.fixture
def client(settings: Settings) -> httpx.AsyncClient:
    return client_of(settings)


def error_of(response: httpx.Response) -> dict[str, Any]:
    """The error of a refusal, which has nothing beside it and every part of the shape."""
    content = response.json()
    assert set(content) == {"error"}
    assert set(content["error"]) == {"code", "message", "fields", "retryable"}
    assert response.headers["content-type"] == "application/json"
    return content["error"]


async def test_a_body_is_read_into_its_model_and_the_answer_has_the_status_of_its_operation(
    client: httpx.AsyncClient,
):
    response = await client.post("/api/greetings", json={"words": "good morning"})

    assert response.status_code == 201
    assert response.json() == {"words": "good morning", "times": 1}


async def test_nothing_to_tell_is_told_with_204(client: httpx.AsyncClient):
    response = await client.delete("/api/greetings")

    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"words": 5}', "words"),
        (b'{"times": 2}', "words"),
        (b'{"words": "hi", "times": "many"}', "times"),
        (b'{"words": "hi", "more": true}', "more"),
        (b"", "words"),
    ],
)
async def test_a_wrong_field_is_named(client: httpx.AsyncClient, body: bytes, field: str):
    response = await client.post(
        "/api/greetings", content=body, headers={"Content-Type": "application/json"}
    )

    error = error_of(response)
    assert (response.status_code, error["code"]) == (422, "invalid")
    assert list(error["fields"]) == [field]


@pytest.mark.parametrize(
    "body", [b'{"words": ', b"\xff\xfe", b'{"words": NaN}', b"[" * 10_000, b'"words"', b"[1]"]
)
async def test_what_is_no_json_object_is_refused(client: httpx.AsyncClient, body: bytes):
    response = await client.post(
        "/api/greetings", content=body, headers={"Content-Type": "application/json"}
    )

    assert (response.status_code, error_of(response)["code"]) == (422, "invalid")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_of_another_type_is_refused_with_415(client: httpx.AsyncClient, kind: str):
    response = await client.post(
        "/api/greetings", content=b'{"words": "hi"}', headers={"Content-Type": kind}
    )

    assert (response.status_code, error_of(response)["code"]) == (415, "invalid")


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(
    client: httpx.AsyncClient,
):
    async def endless() -> Any:
        raise AssertionError("nobody may ask for the body")
        yield b""

    response = await client.post(
        "/api/greetings",
        content=endless(),
        headers={"Content-Length": str(JSON_MAX_BYTES + 1), "Content-Type": "application/json"},
    )

    error = error_of(response)
    assert (response.status_code, error["code"]) == (413, "too_large")
    assert error["fields"] == {"limit": JSON_MAX_BYTES}


async def test_a_body_that_turns_out_too_large_is_refused_on_its_way(client: httpx.AsyncClient):
    async def growing() -> Any:
        for _ in range(JSON_MAX_BYTES // 65536 + 1):
            yield b" " * 65536
        raise AssertionError("nobody may read on")

    response = await client.post(
        "/api/greetings", content=growing(), headers={"Content-Type": "application/json"}
    )

    assert (response.status_code, error_of(response)["code"]) == (413, "too_large")


async def test_a_query_is_read_into_its_model_and_what_it_does_not_know_is_named(
    client: httpx.AsyncClient,
):
    assert (await client.get("/api/greetings?limit=3")).json() == {"limit": 3}

    for query in ("limit=few", "page=2", "limit=1&limit=2"):
        response = await client.get(f"/api/greetings?{query}")
        assert (response.status_code, error_of(response)["code"]) == (422, "invalid")


async def test_an_unknown_path_and_an_id_that_is_none_are_not_found(client: httpx.AsyncClient):
    for method in ("GET", "POST", "DELETE"):
        response = await client.request(method, "/api/nothing")
        assert (response.status_code, error_of(response)["code"]) == (404, "not_found")

    response = await client.get("/api/greetings/none")
    assert (response.status_code, error_of(response)["code"]) == (404, "not_found")


async def test_a_method_that_a_path_does_not_have_is_refused_with_those_it_has(
    client: httpx.AsyncClient,
):
    response = await client.put("/api/greetings", json={})

    assert (response.status_code, error_of(response)["code"]) == (405, "invalid")
    allowed = {method.strip() for method in response.headers["allow"].split(",")}
    assert allowed == {"GET", "HEAD", "POST", "DELETE"}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer forged"])
async def test_without_a_good_token_nothing_is_shown(client: httpx.AsyncClient, header: str | None):
    headers = {} if header is None else {"Authorization": header}
    response = await client.get("/api/mine", headers=headers)

    assert (response.status_code, error_of(response)["code"]) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_the_idempotency_key_becomes_the_command_id_and_is_told_back(
    client: httpx.AsyncClient,
):
    key = "0B0E6C0E-6B0C-4C41-9A3E-0D15C0DE0001"
    given = await client.post("/api/key", headers={"Idempotency-Key": key})
    made = await client.post("/api/key")

    assert given.headers["idempotency-key"] == key.lower()
    assert len(made.headers["idempotency-key"]) == 36


@pytest.mark.parametrize("key", ["close_quiet:ticket:1", "reserve:abc", "17", ""])
async def test_a_key_that_is_no_uuid_is_refused(client: httpx.AsyncClient, key: str):
    response = await client.post("/api/key", headers={"Idempotency-Key": key})

    assert (response.status_code, error_of(response)["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("how", "status", "code", "retryable"),
    [
        ("conflict", 409, "conflict", False),
        ("forbidden", 403, "forbidden", False),
        ("busy", 429, "rate_limited", True),
        ("database", 503, "retryable", True),
    ],
)
async def test_every_refusal_has_the_status_of_its_code(
    client: httpx.AsyncClient, how: str, status: int, code: str, retryable: bool
):
    response = await client.get(f"/api/fails/{how}")

    error = error_of(response)
    assert (response.status_code, error["code"], error["retryable"]) == (status, code, retryable)
    if retryable:
        assert response.headers["retry-after"] == str(round(error["fields"]["retry_after"]))


async def test_an_unforeseen_error_is_logged_under_a_trace_id_and_tells_nothing_else(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
):
    response = await client.get("/api/fails/unforeseen")

    error = error_of(response)
    assert (response.status_code, error["code"], error["retryable"]) == (500, "internal", False)
    assert error["fields"]["trace_id"] in caplog.text
    assert "a secret detail" in caplog.text
    assert "a secret detail" not in response.text
    assert response.headers["cache-control"] == "no-store"


async def test_answers_of_the_api_are_not_cached_and_guarded_by_headers(
    client: httpx.AsyncClient, settings: Settings
):
    response = await client.get("/api/greetings")

    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "strict-transport-security" not in response.headers

    secure = client_of(settings.model_copy(update={"public_url": "https://desk.test"}))
    assert "strict-transport-security" in (await secure.get("/api/greetings")).headers


async def test_pages_may_stand_in_frames_of_our_own_pages_only(client: httpx.AsyncClient):
    response = await client.get("/console")

    policy = response.headers["content-security-policy"].split("; ")
    assert {"frame-src 'self'", "frame-ancestors 'self'"} <= set(policy)
    assert response.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("https://shop.test", True), ("http://desk.test", True), ("https://evil.test", False)],
)
async def test_only_named_origins_may_read_answers(
    client: httpx.AsyncClient, origin: str, allowed: bool
):
    preflight = await client.options(
        "/api/greetings",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,idempotency-key,content-type",
        },
    )
    response = await client.get("/api/greetings", headers={"Origin": origin})

    assert (preflight.status_code == 200) is allowed
    assert (response.headers.get("access-control-allow-origin") == origin) is allowed


def pages_client(dist: Path) -> httpx.AsyncClient:
    from starlette.applications import Starlette

    app = Starlette()
    app.router.default = Pages(dist)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test")


async def test_every_address_of_the_pages_is_the_one_page_and_assets_are_kept_for_ever(
    tmp_path: Path,
):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>Desk</title>")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "app-1a2b.js").write_text("run()")
    client = pages_client(tmp_path)

    for address in ("/", "/login", "/console/tickets/17", "/wallboard"):
        response = await client.get(address)
        assert (response.status_code, response.text) == (200, "<title>Desk</title>")
        assert "immutable" not in response.headers.get("cache-control", "")
    asset = await client.get("/assets/app-1a2b.js")
    assert (asset.text, asset.headers["cache-control"]) == (
        "run()",
        "public, max-age=31536000, immutable",
    )
    assert (await client.get("/icon.svg")).text == "<svg/>"
    for missing in (
        "/assets/app-0000.js",
        "/robots.txt",
        "/..%2f..%2fetc/passwd.txt",
        "/api/login",
    ):
        assert (await client.get(missing)).status_code == 404


async def test_pages_that_are_not_built_say_the_line_that_builds_them(tmp_path: Path):
    response = await pages_client(tmp_path / "dist").get("/login")

    assert response.status_code == 503
    assert "python3 bootstrap.py" in response.text
