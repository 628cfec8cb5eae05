"""What the widget asks of the door: its script, a brand, leave to be shown at a site."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from domain.inbox.state import DEFAULT_INBOX_ID
from realtime.presence import KEY, tell
from server.brands import Brands
from server.http.widget import widget_routes
from server.settings import Settings
from tests.server.http.desk import Desk, done, refused
from tests.server.processes.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOP = "https://shop.example"
OTHER = "https://other.example"


async def make_inbox(desk: Desk, name: str, **more: Any) -> dict[str, Any]:
    team = done(await desk.get("admin", "/api/teams"))["items"][0]
    made = {"name": name, "team_id": team["id"], **more}
    return done(await desk.post("admin", "/api/inboxes", made), 201)


async def allowed(desk: Desk, origin: str) -> bool:
    answer = await desk.get(None, "/healthz", headers={"Origin": origin})
    return answer.headers.get("access-control-allow-origin") == origin


async def test_a_brand_is_found_by_id_or_name_and_the_first_inbox_stands_in(desk: Desk):
    inbox = await make_inbox(desk, "Hill Shop", colour="#2f6f4f")
    await desk.parts.brands.refresh()

    by_id = done(await desk.get(None, f"/api/widget/config?inbox={inbox['id']}"))
    by_name = done(await desk.get(None, "/api/widget/config?name=hill shop"))
    unknown = done(await desk.get(None, f"/api/widget/config?inbox={uuid4()}&name=nobody"))

    shown = {"inbox_id": inbox["id"], "name": "Hill Shop", "colour": "#2f6f4f", "online": False}
    assert by_id == by_name == shown
    assert unknown["inbox_id"] == DEFAULT_INBOX_ID


async def test_an_inbox_is_online_while_somebody_of_its_team_is_connected(desk: Desk):
    asleep = done(await desk.post("admin", "/api/teams", {"name": "Asleep"}), 201)
    inbox = await make_inbox(desk, "Day and night", team_id=asleep["id"])
    team = {"name": "On call", "member_ids": [desk.id_of("agent")]}
    on_call = done(await desk.post("admin", "/api/teams", team), 201)
    path = f"/api/widget/config?inbox={inbox['id']}"
    parts = desk.parts
    await tell(parts.redis, [desk.id_of("agent")])
    await parts.brands.refresh()
    before = done(await desk.get(None, path))["online"]

    done(await desk.put("admin", f"/api/inboxes/{inbox['id']}", {"team_id": on_call["id"]}))
    await parts.brands.refresh()
    during = done(await desk.get(None, path))["online"]
    await parts.redis.zrem(KEY, desk.id_of("agent"))
    await parts.brands.refresh()
    after = done(await desk.get(None, path))["online"]

    assert (before, during, after) == (False, True, False)


@pytest.mark.parametrize(
    "site",
    ["*", "shop.example", "https://shop.example/", "ftp://shop.example", "https://*.example"],
)
async def test_a_site_is_an_origin_and_nothing_else(desk: Desk, site: str):
    team = done(await desk.get("admin", "/api/teams"))["items"][0]
    given = {"name": "No site", "team_id": team["id"], "sites": [site]}

    error = refused(await desk.post("admin", "/api/inboxes", given), 422, "invalid")

    assert "sites" in str(error["fields"])


async def test_a_site_may_call_as_soon_as_an_inbox_names_it_and_no_longer(desk: Desk):
    inbox = await make_inbox(desk, "Named sites")
    assert not await allowed(desk, SHOP)

    path = f"/api/inboxes/{inbox['id']}"
    done(await desk.put("admin", path, {"sites": [SHOP]}))
    await desk.parts.brands.refresh()
    assert await allowed(desk, SHOP)
    config = f"/api/widget/config?inbox={inbox['id']}"
    done(await desk.get(None, config, headers={"Origin": SHOP}))
    refused(await desk.get(None, config, headers={"Origin": OTHER}), 403, "forbidden")

    done(await desk.put("admin", path, {"sites": []}))
    await desk.parts.brands.refresh()
    assert not await allowed(desk, SHOP)
    done(await desk.get(None, config, headers={"Origin": OTHER}))


async def test_what_another_node_changed_is_known_here_within_seconds(desk: Desk):
    parts = desk.parts
    here = Brands(parts.settings, parts.store, parts.redis)
    following = asyncio.create_task(here.run())
    try:
        await make_inbox(desk, "Followed", sites=["https://followed.example"])
        await until(lambda: here.admits("https://followed.example"), seconds=5.0)
    finally:
        following.cancel()


def client_of(home: Path, mode: Any) -> httpx.AsyncClient:
    settings = Settings(
        mode=mode, mongodb_url="mongodb://x", redis_url="redis://x", secret_key="x" * 32
    )
    app = Starlette(routes=widget_routes(settings, home))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test")


def build(home: Path, script: str = "let widget;") -> None:
    (home / "dist").mkdir(exist_ok=True)
    (home / "dist" / "widget.js").write_text(script)
    (home / "shop").mkdir(exist_ok=True)
    (home / "shop" / "index.html").write_text("<!doctype html><title>Shop</title>")


async def test_the_script_is_asked_for_again_by_its_tag_and_open_to_every_site(tmp_path: Path):
    build(tmp_path)
    client = client_of(tmp_path, "production")

    first = await client.get("/widget.js")
    again = await client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, first.text) == (200, "let widget;")
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cache-control"] == "public, max-age=300"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (again.status_code, again.content) == (304, b"")


async def test_without_a_build_the_script_says_so(tmp_path: Path):
    response = await client_of(tmp_path, "production").get("/widget.js")

    assert response.status_code == 503
    assert "not built" in response.text


async def test_the_shop_is_there_in_the_demo_only(tmp_path: Path):
    build(tmp_path)
    demo, production = client_of(tmp_path, "demo"), client_of(tmp_path, "production")

    shown = await demo.get("/shop", follow_redirects=True)
    hidden = [await production.get(path) for path in ("/shop", "/shop/", "/shop/shop.css")]

    assert "<title>Shop</title>" in shown.text
    assert [each.status_code for each in hidden] == [404, 404, 404]
