"""Articles through the door: written by staff, found by everybody who may, as they type.

The desk is one for all tests, so each writes about something of its own.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.errors import RateLimited
from domain.knowledge.state import Article
from server.article_search import SocketSearch
from server.articles import SKEW, WHOLE
from server.clock import SystemClock
from server.http.rates import Rates
from server.library import Library
from server.store.documents import kind_of
from tests.realtime.nodes import until
from tests.server.house import FixedClock
from tests.server.http.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")


def about(thing: str, **more: str) -> dict[str, str]:
    return {
        "title": f"How long do {thing} take?",
        "body": "It is done within **five** working days.",
        "stage": "published",
        **more,
    }


async def found(desk: Desk, who: str | None, question: str, **how: Any) -> list[str]:
    await desk.parts.library.refresh()
    answer = await desk.get(who, "/api/articles/search", params={"q": question, **how})
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json()["items"]]


async def test_what_an_agent_publishes_a_client_finds_and_reads(desk: Desk):
    made = await desk.post("agent", "/api/articles", about("refunds"))
    assert made.status_code == 201, made.text
    article_id = made.json()["id"]

    assert await found(desk, "client", "refund") == ["How long do refunds take?"]
    read = await desk.get("client", f"/api/articles/{article_id}")
    assert read.json()["body"] == about("refunds")["body"]
    listed = await desk.get("client", "/api/articles")
    assert article_id in [each["id"] for each in listed.json()["items"]]


async def test_drafts_and_what_is_for_staff_are_nowhere_for_clients(desk: Desk):
    hidden = [about("repairs", stage="draft"), about("repairs", reach="staff")]
    made = [await desk.post("agent", "/api/articles", each) for each in hidden]
    ids = {each.json()["id"] for each in made}
    for article_id in ids:
        assert (await desk.get("client", f"/api/articles/{article_id}")).status_code == 404
        assert (await desk.get("agent", f"/api/articles/{article_id}")).status_code == 200
    listed = (await desk.get("client", "/api/articles")).json()["items"]
    assert ids.isdisjoint(each["id"] for each in listed)
    assert await found(desk, "client", "repair") == []
    assert len(await found(desk, "agent", "repair")) == 2


async def test_who_has_no_session_reads_what_is_public_and_nothing_else(desk: Desk):
    kinds = [about("tent poles"), about("tent poles", stage="draft")]
    kinds.append(about("tent poles", reach="staff"))
    ids = [(await desk.post("agent", "/api/articles", each)).json()["id"] for each in kinds]

    assert await found(desk, None, "tent poles") == ["How long do tent poles take?"]
    read = [await desk.get(None, f"/api/articles/{each}") for each in ids]
    assert [each.status_code for each in read] == [200, 404, 404]
    listed = [each["id"] for each in (await desk.get(None, "/api/articles")).json()["items"]]
    assert [each in listed for each in ids] == [True, False, False]
    subjects = (await desk.get(None, "/api/categories")).json()["items"]
    assert all((each["keywords"], each["approval"]) == ([], []) for each in subjects)
    wrong = {"Authorization": "Bearer no"}
    assert (await desk.get(None, f"/api/articles/{ids[0]}", headers=wrong)).status_code == 401


async def test_what_was_changed_or_deleted_is_found_so(desk: Desk):
    made = await desk.post("agent", "/api/articles", about("exchanges"))
    path = f"/api/articles/{made.json()['id']}"
    await desk.put("agent", path, {"title": "Another size"})
    assert await found(desk, "client", "exchanges") == []
    assert await found(desk, "client", "another si") == ["Another size"]

    assert (await desk.delete("agent", path)).status_code == 204
    assert await found(desk, "client", "another size") == []


async def test_another_node_finds_what_this_one_changed(desk: Desk):
    other = Library(desk.parts.store, SystemClock())
    await other.refresh()
    made = await desk.post("agent", "/api/articles", about("deliveries"))

    async def there() -> list[str]:
        await other.refresh()
        hits = await other.search("deliveries", public_only=True, language=None, limit=1)
        return [article.title for article, _ in hits]

    assert await there() == ["How long do deliveries take?"]
    await desk.delete("agent", f"/api/articles/{made.json()['id']}")
    assert "How long do deliveries take?" not in await there()


async def test_what_a_slow_clock_stamped_or_an_older_one_hid_is_found_too(desk: Desk):
    articles = desk.parts.store[kind_of(Article).model]
    clock = FixedClock(desk.parts.clock.now())
    other = Library(desk.parts.store, clock)
    made = await desk.post("agent", "/api/articles", about("repairs"))
    await desk.post("agent", "/api/articles", about("sharpenings"))
    await other.refresh()

    async def finds(title: str, ago: int) -> bool:
        """Whether a title is found that a clock so many milliseconds ago was stamped on."""
        change = {"state.title": title, "state.updated_at": clock.now() - ago}
        await articles.update_one(
            {"_id": made.json()["id"]}, {"$set": change, "$inc": {"version": 1}}
        )
        await other.refresh()
        hits = await other.search(title, public_only=True, language=None, limit=1)
        return [article.title for article, _ in hits] == [title]

    assert await finds("Zithers", ago=SKEW - 1)
    assert not await finds("Balalaikas", ago=SKEW + 1_000)
    clock.time += WHOLE
    assert await finds("Balalaikas", ago=SKEW + WHOLE)


async def test_what_a_newer_release_wrote_does_not_stop_a_node_from_following(
    desk: Desk, caplog: pytest.LogCaptureFixture
):
    made = await desk.post("agent", "/api/articles", about("novelties"))
    articles = desk.parts.store[kind_of(Article).model]
    this = {"_id": made.json()["id"]}
    other = Library(desk.parts.store, SystemClock())

    async def heads() -> list[str]:
        hits = await other.search("novelties", public_only=True, language=None, limit=1)
        return [article.title for article, _ in hits]

    following = asyncio.create_task(other.run())
    try:
        await articles.update_one(this, {"$set": {"state.stage": "archived"}})
        await until(lambda: "the library failed and goes on" in caplog.text or following.done())
        await articles.update_one(this, {"$set": {"state.stage": "published"}})
        async with asyncio.timeout(10):
            while not await heads():
                await asyncio.wait([following], timeout=0.02)  # Let it work.
                assert not following.done()
    finally:
        following.cancel()


async def test_a_category_stays_while_an_article_names_it(desk: Desk):
    category = await desk.post("admin", "/api/categories", {"name": "Money"})
    path = f"/api/categories/{category.json()['id']}"
    article = about("invoices", category=category.json()["id"])
    made = await desk.post("agent", "/api/articles", article)

    refused = await desk.delete("admin", path)
    assert refused.status_code == 409
    assert "1 article" in refused.json()["error"]["message"]

    await desk.delete("agent", f"/api/articles/{made.json()['id']}")
    assert (await desk.delete("admin", path)).status_code == 204


async def test_clients_change_no_article_and_a_question_has_its_length(desk: Desk):
    assert (await desk.post("client", "/api/articles", about("x"))).status_code == 403
    assert (await desk.post(None, "/api/articles", about("x"))).status_code == 401
    wrong = await desk.get("client", "/api/articles/search", params={"q": "x" * 501})
    assert wrong.status_code == 422


async def test_the_socket_finds_what_the_same_person_finds_over_http(desk: Desk):
    kinds = [about("polishings"), about("polishings", reach="staff", title="Polishings, inside")]
    for each in kinds:
        await desk.post("agent", "/api/articles", each)
    await desk.parts.library.refresh()
    search = SocketSearch(desk.parts.library, Rates(desk.parts.settings))

    for who, count in (("client", 1), ("agent", 2)):
        answer = await desk.get(who, "/api/articles/search", params={"q": "polish", "limit": 9})
        asker = (await desk.parts.sessions.authenticate(desk.tokens[who])).actor
        heard = await search(asker, "polish", None, 9)
        assert heard == answer.json()["items"]
        assert len(heard) == count


async def test_a_person_has_one_allowance_of_searches_for_both_doors(desk: Desk):
    rates = Rates(desk.parts.settings.model_copy(update={"http_searches_per_second": 0.2}))
    search = SocketSearch(desk.parts.library, rates)
    asker = (await desk.parts.sessions.authenticate(desk.tokens["client"])).actor
    rates.admit_search(asker)

    with pytest.raises(RateLimited):
        await search(asker, "polish", None, 5)
