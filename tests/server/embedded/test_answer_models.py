"""Projections, groups and upserts answer what a plain model does, and are refused with it."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from server.embedded.aggregate import compile_stage
from server.embedded.documents import decode, encode
from server.embedded.errors import MongoError
from server.embedded.projection import compile_projection
from server.embedded.update import Update
from tests.server.embedded import drawn
from tests.server.embedded.model_answers import grouped, projected, upserted
from tests.server.embedded.model_updates import Impossible


def told(make: Callable[[], list[Any]]) -> list[bytes] | None:
    """The bytes of the documents that are made; None if none can be."""
    try:
        return [encode(document) for document in make()]
    except (MongoError, Impossible):
        return None


def sent(value: dict[str, Any]) -> Any:
    """Through BSON, so that both begin with what the store would read."""
    return decode(encode(value))


def check_projection(rng: Random) -> bool:
    document, spec = sent(drawn.document(rng, drawn.identity(rng))), sent(drawn.projection(rng))
    compiled: list[Any] = []

    def ours() -> list[Any]:
        compiled.append(compile_projection(spec))
        return [compiled[0](document) if compiled[0] else document]

    found, wanted = told(ours), told(lambda: [projected(document, spec)])
    assert found == wanted, (document, spec)
    return found is not None


def check_group(rng: Random) -> bool:
    documents = [sent(drawn.document(rng, n)) for n in range(rng.randint(0, 12))]
    group = sent(drawn.group(rng))
    found = told(lambda: list(compile_stage({"$group": group})(iter(documents))))
    # What is refused while documents are read is not, if there are none.
    wanted = told(lambda: grouped(documents, group))
    assert found == wanted or (not documents and found is None), (documents, group)
    return found is not None


def check_upsert(rng: Random) -> bool:
    query, update = sent(drawn.upsert_query(rng)), sent(drawn.update(rng))
    # An upsert may change its query on the way, which nobody reads afterwards.
    found = told(lambda: [Update(update, sent(query)).upserted()])
    assert found == told(lambda: [upserted(query, update)]), (query, update)
    return found is not None


def check(seed: int, rounds: int) -> None:
    rng = Random(seed)
    for one in (check_projection, check_group, check_upsert):
        made = sum(one(rng) for _ in range(rounds))
        assert rounds / 4 < made < rounds, one


def test_answers_agree_with_a_model():
    check(seed=5, rounds=1_000)


@pytest.mark.long
def test_fifty_thousand_answers_of_each_kind_agree_with_a_model():
    check(seed=6, rounds=50_000)
