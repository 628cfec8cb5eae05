"""The admin's list of effects, and the letters that the demo keeps."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from server.clock import SystemClock
from server.store.effects import DONE, Effect, Effects, dead
from server.store.letters import KeptLetter, Letters
from tests.server.http.desk import Desk, done, open_desk, refused


async def owe(desk: Desk, count: int) -> list[str]:
    """Effects that nobody performs; their ids in order."""
    ids = sorted(f"ticket:{uuid4()}:0000000001:mail:{uuid4()}" for _ in range(count))
    about = {"ticket_id": str(uuid4())}
    await Effects(desk.parts.store, SystemClock()).owe(
        [Effect(id=each, kind="test.mail", about=about, at=1, due_at=1) for each in ids]
    )
    return ids


@pytest.fixture
async def desk(
    mongodb_url: str, redis_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncGenerator[Desk]:
    mode = getattr(request, "param", "production")
    async with open_desk(mongodb_url, redis_url, tmp_path, mode=mode) as desk:
        yield desk


async def test_dead_effects_are_listed_in_pages_and_tried_again(desk: Desk):
    # Given one effect that is done and three that are dead
    first, *others = await owe(desk, 4)
    effects = Effects(desk.parts.store, SystemClock())
    while claimed := await effects.claim(["test.mail"]):
        outcome = DONE if claimed[0].id == first else dead("refused (550)")
        await effects.end(claimed[0], outcome)

    # When an admin leafs through the dead ones
    page = done(await desk.get("admin", "/api/effects?state=dead&limit=2"))
    rest = done(await desk.get("admin", f"/api/effects?state=dead&limit=2&after={page['next']}"))

    # Then each is there once, with what went wrong
    shown = [*page["items"], *rest["items"]]
    assert [each["id"] for each in shown] == others
    assert rest["next"] is None
    assert {each["last_error"] for each in shown} == {"refused (550)"}

    # And one that is tried again is due
    path = f"/api/effects/{quote(others[0], safe='')}/retry"
    again = done(await desk.post("admin", path))
    assert (again["state"], again["tries"]) == ("owed", 0)
    (claimed,) = await effects.claim(["test.mail"])
    assert claimed.id == others[0]


async def test_only_who_manages_settings_sees_effects(desk: Desk):
    (identity,) = await owe(desk, 1)
    path = f"/api/effects/{quote(identity, safe='')}/retry"

    for who in ("client", "agent", "supervisor"):
        refused(await desk.get(who, "/api/effects"), 403, "forbidden")
        refused(await desk.post(who, path), 403, "forbidden")
    refused(await desk.get("admin", "/api/effects?state=lost"), 422, "invalid")
    refused(await desk.post("admin", "/api/effects/x%3Ay/retry"), 404, "not_found")


@pytest.mark.parametrize("desk", ["demo"], indirect=True)
async def test_the_demos_letters_are_read_by_staff_only(desk: Desk):
    letters = Letters(desk.parts.store)
    for number in range(3):
        letter = KeptLetter(
            id=f"l{number}",
            message_id="<m@desk.test>",
            to="a@b.test",
            subject=f"s{number}",
            text="t",
            html="<p>t</p>",
            at=number,
            ticket_id=None,
            contact_id=None,
            messages=(),
        )
        await letters.keep(letter)

    page = done(await desk.get("agent", "/api/demo/mail?limit=2"))
    rest = done(await desk.get("agent", f"/api/demo/mail?limit=2&after={page['next']}"))

    shown = [each["subject"] for each in (*page["items"], *rest["items"])]
    assert shown == ["s2", "s1", "s0"]
    assert rest["next"] is None
    refused(await desk.get("client", "/api/demo/mail"), 403, "forbidden")


async def test_in_production_there_are_no_kept_letters(desk: Desk):
    refused(await desk.get("admin", "/api/demo/mail"), 404, "not_found")
