"""What becomes of answers that cite articles, counted where they lie and once for all who ask."""

from __future__ import annotations

from domain.message import Id, Millis
from server.store.citations import CITED_WITHIN, SHARED, Citations, count_citing
from server.store.connect import Raw, Store
from server.store.models import StoredMessage
from tests.server.house import FixedClock, new_id

REFUNDS, PARCELS = new_id(), new_id()


async def answer(store: Store, at: Millis, *articles: Id, **more: object) -> None:
    """One of the assistant, as it is kept."""
    said: Raw = {
        "_id": new_id(),
        "ticket_id": new_id(),
        "seq": 2,
        "at": at,
        "author": {"kind": "assistant", "id": "assistant"},
        "sources": [{"article_id": each, "title": "T", "passage": "P."} for each in articles],
        **more,
    }
    await store[StoredMessage].insert_one(said)


async def test_each_answer_counts_once_for_each_article_with_what_became_of_it(
    store: Store, clock: FixedClock
):
    now = clock.now()
    await answer(store, now, REFUNDS, REFUNDS, PARCELS, helpful=True)
    await answer(store, now, PARCELS, helpful=False)
    await answer(store, now, PARCELS, helpful=None)
    await answer(store, now - CITED_WITHIN, PARCELS)  # Of an older release: without the field.
    await answer(store, now - CITED_WITHIN - 1, PARCELS, helpful=True)
    await answer(store, now, PARCELS, helpful=True, author={"kind": "agent", "id": new_id()})
    await answer(store, now, helpful=True)

    of_refunds = {"answers": 1, "answers_helpful": 1}
    of_parcels = {"answers": 4, "answers_helpful": 1, "answers_unhelpful": 1}
    assert await count_citing(store, now) == {REFUNDS: of_refunds, PARCELS: of_parcels}
    assert (await count_citing(store, now, PARCELS))[PARCELS] == of_parcels


async def test_who_asks_within_some_seconds_is_told_the_same(store: Store, clock: FixedClock):
    citations = Citations(store, clock)
    await answer(store, clock.now(), REFUNDS)
    assert (await citations.counted())[REFUNDS]["answers"] == 1

    await answer(store, clock.now(), REFUNDS)
    clock.time += SHARED - 1
    assert (await citations.counted())[REFUNDS]["answers"] == 1
    clock.time += 1
    assert (await citations.counted())[REFUNDS]["answers"] == 2

    await answer(store, clock.now(), REFUNDS)
    clock.time -= 2 * SHARED  # Set back.
    assert (await citations.counted())[REFUNDS]["answers"] == 3


async def test_answers_of_before_are_not_read(store: Store, clock: FixedClock):
    for at in range(40):
        await answer(store, at, REFUNDS)
    await answer(store, clock.now(), REFUNDS)
    since = clock.now() - CITED_WITHIN
    where = {"sources.0": {"$exists": True}, "author.kind": "assistant", "at": {"$gte": since}}
    ask = {"explain": {"find": "messages", "filter": where}, "verbosity": "queryPlanner"}

    plan = await store.database.command(ask)

    assert "'indexName': 'citing_lately'" in str(plan["queryPlanner"]["winningPlan"])
