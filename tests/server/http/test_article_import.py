"""Articles brought in through the door: tried, made, changed, never doubled, the bad ones named."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.errors import Conflict
from server.importing.bringing import LEASE, Bringing, Options
from server.importing.files import File
from server.store.leases import Leases
from tests.server.http.desk import Desk, done, refused
from tests.server.importing.test_files import packed

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def bring(desk: Desk, files: dict[str, bytes], who: str = "agent", **query: str) -> Any:
    return await desk.ask(
        who,
        "POST",
        "/api/articles/import",
        params=query,
        files={"file": ("all.zip", packed(files), "application/zip")},
    )


def outcomes(answer: Any) -> dict[str, str]:
    return {each["source"]: each["outcome"] for each in done(answer)["items"]}


async def test_a_second_import_changes_what_changed_and_doubles_nothing(desk: Desk):
    category = done(await desk.post("admin", "/api/categories", {"name": "Big Money"}), 201)
    files = {
        "one/big-money/a.md": b"# A\n\nFirst.",
        "one/b.md": b"---\nstage: draft\n---\nSecond.",
        "one/bad.md": b"\xff",
        "one/unknown/c.html": b"<h1>C</h1><p>Third.</p>",
    }
    tried = await bring(desk, files, dry="true", stage="published")
    assert sorted(outcomes(tried).values()) == ["bad", "new", "new", "new"]
    assert all(each["article_id"] is None for each in tried.json()["items"])

    made = {
        each["source"]: each for each in done(await bring(desk, files, stage="published"))["items"]
    }
    assert made["one/bad.md"]["wrong"] == "not_utf8"
    assert made["one/b.md"]["no_category"] == "one"
    path = f"/api/articles/{made['one/big-money/a.md']['article_id']}"
    article = done(await desk.get("agent", path))
    assert (article["category"], article["stage"]) == (category["id"], "published")
    assert done(await desk.get("client", path))["source"] is None
    second = f"/api/articles/{made['one/b.md']['article_id']}"
    assert done(await desk.get("agent", second))["stage"] == "draft"

    assert set(outcomes(await bring(desk, files, who="admin")).values()) == {"same", "bad"}
    files["one/big-money/a.md"] = b"# A\n\nBetter."
    again = outcomes(await bring(desk, files, who="admin"))
    assert again["one/big-money/a.md"] == "changed"
    changed = done(await desk.get("agent", path))
    assert (changed["body"], changed["version"], changed["stage"]) == ("Better.", 2, "published")

    assert (await desk.delete("agent", path)).status_code == 204
    assert outcomes(await bring(desk, files))["one/big-money/a.md"] == "new"


async def test_who_writes_no_articles_brings_none_in(desk: Desk):
    refused(await bring(desk, {"x.md": b"X"}, who="client"), 403, "forbidden")
    refused(await bring(desk, {"x.png": b"X"}), 422, "invalid")
    refused(await bring(desk, {"x.md": b"X"}, stage="soon"), 422, "invalid")
    twice = await bring(desk, {"t.csv": b"title,body\nA,one\nA,two\n"})
    assert [each["outcome"] for each in done(twice)["items"]] == ["new", "bad"]


async def test_two_at_once_make_no_article_twice(desk: Desk):
    parts = desk.parts
    session = await parts.sessions.authenticate(desk.tokens["agent"])
    leases = Leases(parts.store, parts.clock)
    token = await leases.acquire(LEASE, 10_000)
    assert token is not None
    bringing = Bringing(parts.store, parts.dispatch, parts.clock, session.actor)
    files = [File("alone.md", b"Alone.")]
    with pytest.raises(Conflict):
        await bringing.bring(files, Options(), dry=False)
    await leases.release(LEASE, token)
    both = await asyncio.gather(
        *(
            Bringing(parts.store, parts.dispatch, parts.clock, session.actor).bring(
                files, Options(), dry=False
            )
            for _ in range(3)
        ),
        return_exceptions=True,
    )
    assert all(isinstance(each, list | Conflict) for each in both)
    listed = done(await desk.get("agent", "/api/articles", params={"q": "Alone"}))["items"]
    assert len(listed) == 1
