"""Updates make what a plain model makes, and are refused where it cannot go on."""

from random import Random
from typing import Any

import pytest

from server.embedded.documents import decode, encode
from server.embedded.errors import MongoError
from server.embedded.update import Update
from tests.server.embedded import drawn
from tests.server.embedded.model_updates import Impossible, updated


def outcome(make: Any) -> bytes | None:
    """The bytes of the document that is made; None if none can be."""
    try:
        return encode(make())
    except (MongoError, Impossible):
        return None


def check(seed: int, rounds: int) -> None:
    rng, changed, refused = Random(seed), 0, 0
    for _ in range(rounds):
        # Through BSON, so that both begin with what the store would read.
        document = encode(drawn.document(rng, 1))
        update, inserting = decode(encode(drawn.update(rng))), rng.random() < 0.2
        found = outcome(lambda: Update(update, {}).apply(decode(document), inserting))  # noqa: B023
        wanted = outcome(lambda: updated(decode(document), update, inserting))  # noqa: B023
        assert found == wanted, (decode(document), update, inserting)
        changed += found not in (None, document)
        refused += found is None
    assert changed > rounds / 6
    assert refused > rounds / 20


def test_updates_agree_with_a_model():
    check(seed=3, rounds=2_000)


@pytest.mark.long
def test_fifty_thousand_updates_agree_with_a_model():
    check(seed=4, rounds=50_000)
