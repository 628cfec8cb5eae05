"""Staff are told by push in their own browsers: each is registered, listed and removed by them."""

from __future__ import annotations

from typing import Any

import pytest

from mobile_api.push.subscription import decode
from tests.server.http.desk import PASSWORD, Desk, done, refused
from tests.server.push.browser import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")


def device(name: str, browser: Browser, label: str = "Firefox on Android") -> dict[str, Any]:
    endpoint = f"https://push.example.test/send/{name}"
    keys = browser.keys.model_dump()
    return {"subscription": {"endpoint": endpoint, "keys": keys}, "label": label}


async def mine(desk: Desk, who: str) -> list[dict[str, Any]]:
    return done(await desk.get(who, "/api/devices"))["items"]


async def labels(desk: Desk, who: str) -> list[str]:
    return [each["label"] for each in await mine(desk, who)]


async def test_the_key_is_a_point_and_always_the_same(desk: Desk):
    first = done(await desk.get("agent", "/api/devices/key"))
    assert len(decode(first["key"])) == 65
    assert done(await desk.get("supervisor", "/api/devices/key")) == first


async def test_a_browser_is_registered_once_and_shown_without_its_secrets(desk: Desk):
    browser = Browser()
    first = done(await desk.put("agent", "/api/devices", device("one", browser)))
    again = done(await desk.put("agent", "/api/devices", device("one", browser, "My phone")))

    assert again["id"] == first["id"]
    (shown,) = await mine(desk, "agent")
    assert shown["label"] == "My phone"
    assert shown["current"]
    assert "example.test" not in str(shown)
    assert browser.keys.auth not in str(shown)

    await desk.delete("agent", f"/api/devices/{shown['id']}")
    assert await mine(desk, "agent") == []


async def test_who_logs_in_on_the_same_browser_has_it_from_then_on(desk: Desk):
    browser = Browser()
    await desk.put("agent", "/api/devices", device("shared", browser, "Desk 4"))
    await desk.put("supervisor", "/api/devices", device("shared", browser, "Desk 4"))
    assert await labels(desk, "agent") == []
    assert await labels(desk, "supervisor") == ["Desk 4"]
    (shown,) = await mine(desk, "supervisor")
    removed = await desk.delete("supervisor", f"/api/devices/{shown['id']}")
    assert removed.status_code == 204


async def test_nobody_takes_or_removes_what_is_another_s(desk: Desk):
    await desk.put("agent", "/api/devices", device("mine", Browser()))
    (shown,) = await mine(desk, "agent")

    # Who knows the address alone does not hold the browser.
    forged = await desk.put("supervisor", "/api/devices", device("mine", Browser()))
    refused(forged, 409, "conflict")
    removed = await desk.delete("supervisor", f"/api/devices/{shown['id']}")
    refused(removed, 404, "not_found")

    assert len(await mine(desk, "agent")) == 1
    assert await mine(desk, "supervisor") == []
    await desk.delete("agent", f"/api/devices/{shown['id']}")


async def test_clients_are_not_told_by_push(desk: Desk):
    refused(await desk.get("client", "/api/devices/key"), 403, "forbidden")
    given = await desk.put("client", "/api/devices", device("client", Browser()))
    refused(given, 403, "forbidden")


@pytest.mark.parametrize(
    "forged",
    [
        {"endpoint": "http://push.example.test/abc"},
        {"endpoint": "https://127.0.0.1:6379/abc"},
        {"endpoint": "https://localhost/abc"},
        {"keys": {"p256dh": "A" * 10_000, "auth": "A" * 10_000}},
    ],
)
async def test_what_no_browser_hands_out_is_refused(desk: Desk, forged: dict[str, Any]):
    given = device("forged", Browser())
    given["subscription"] |= forged
    answer = await desk.put("agent", "/api/devices", given)
    refused(answer, 422, "invalid")
    assert "A" * 100 not in answer.text


async def test_logging_out_takes_the_browser_along(desk: Desk):
    log_in = {"email": "agent@desk.test", "password": PASSWORD}
    desk.tokens["leaving"] = done(await desk.post(None, "/api/auth/login", log_in))["access_token"]
    identity = done(await desk.put("leaving", "/api/devices", device("left", Browser())))["id"]
    (shown,) = await mine(desk, "agent")
    assert (shown["id"], shown["current"]) == (identity, False)

    await desk.post("leaving", "/api/auth/logout")

    assert await mine(desk, "agent") == []
