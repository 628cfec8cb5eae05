"""Versions of an article through the door: kept, read, compared, taken back, and gone with it."""

from __future__ import annotations

from typing import Any

import pytest

from server.store.audit import AuditEntry
from tests.server.http.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST = {"title": "Refunds", "body": "Five days.", "summary": "When.", "stage": "published"}


async def write(desk: Desk, *changes: dict[str, Any]) -> str:
    """An article and what was made of it; the path it has."""
    made = await desk.post("agent", "/api/articles", FIRST)
    path = f"/api/articles/{made.json()['id']}"
    for change in changes:
        assert (await desk.put("supervisor", path, change)).status_code == 200
    return path


async def version(desk: Desk, path: str, number: int) -> dict[str, Any]:
    answer = await desk.get("agent", f"{path}/versions/{number}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("filed", [False, True])
async def test_every_change_is_a_version_that_says_who_and_what(desk: Desk, filed: bool):
    path = await write(desk, {"body": "Four days."}, {}, {"title": "Money back", "summary": ""})
    if filed:
        await desk.parts.documents.sweep()
    listed = (await desk.get("agent", f"{path}/versions")).json()
    assert [each["version"] for each in listed["items"]] == [3, 2, 1]
    changed = [set(each["changed"]) for each in listed["items"][:2]]
    assert changed == [{"title", "summary"}, {"body"}]
    by = [each["actor"]["id"] for each in listed["items"]]
    assert by == [desk.id_of("supervisor"), desk.id_of("supervisor"), desk.id_of("agent")]

    assert (await version(desk, path, 1))["body"] == "Five days."
    second = await version(desk, path, 2)
    assert second["body"] == "Four days."
    assert {name: second[name] for name in ("title", "summary")} == {
        "title": "Refunds",
        "summary": "When.",
    }
    assert (await version(desk, path, 3)) == (await desk.get("agent", path)).json()
    for wrong in ("0", "4", "x", "9" * 30):
        assert (await desk.get("agent", f"{path}/versions/{wrong}")).status_code == 404


async def test_versions_come_in_pages(desk: Desk):
    path = await write(desk, *({"body": f"{days} days."} for days in range(4)))
    await desk.parts.documents.sweep()
    await desk.put("agent", path, {"body": "A week."})
    seen: list[list[int]] = []
    where: dict[str, Any] = {"limit": 4}
    for _ in range(2):
        page = (await desk.get("agent", f"{path}/versions", params=where)).json()
        seen.append([each["version"] for each in page["items"]])
        where["after"] = page["next"]
    assert seen == [[6, 5, 4, 3], [2, 1]]
    assert page["next"] is None


async def test_what_waits_to_be_published_no_reader_sees(desk: Desk):
    better = {"title": "Money back", "body": "Secret until Monday.", "summary": ""}
    path = await write(desk, {"revision": better})
    read = {who: (await desk.get(who, path)).json() for who in ("client", None, "agent")}
    assert [read[who]["revision"] for who in ("client", None)] == [None, None]
    assert read["agent"]["revision"] == better
    assert read["client"]["body"] == "Five days."
    assert read["client"]["updated_at"] == read["client"]["created_at"]
    listed = await desk.get("client", "/api/articles")
    await desk.parts.library.refresh()
    found = await desk.get("client", "/api/articles/search", params={"q": "Secret until Monday"})
    assert "Secret" not in listed.text + found.text

    await desk.put("agent", path, {**better, "revision": None})
    assert (await desk.get("client", path)).json()["body"] == better["body"]


async def test_versions_are_for_those_who_write(desk: Desk):
    path = await write(desk)
    for who, status in (("client", 403), (None, 401)):
        assert (await desk.get(who, f"{path}/versions")).status_code == status
        assert (await desk.get(who, f"{path}/versions/1")).status_code == status


async def test_the_words_of_a_deleted_article_are_in_no_version(desk: Desk):
    path = await write(desk, {"body": "Unspeakable words."})
    await desk.parts.documents.sweep()
    assert (await desk.delete("agent", path)).status_code == 204
    await desk.parts.documents.sweep()
    assert (await desk.get("agent", f"{path}/versions")).status_code == 404
    document = f"article:{path.rsplit('/', 1)[1]}"
    left = await desk.parts.store[AuditEntry].find({"document": document}).to_list()
    assert {each["type"] for each in left} >= {"article.create", "article.delete"}
    assert "Unspeakable" not in str(left)
    assert "Five days" not in str(left)
