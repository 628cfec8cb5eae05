"""Random documents, filters, sorts and updates, small enough that they often meet."""

from __future__ import annotations

from random import Random
from typing import Any

from bson import Int64, ObjectId
from bson.binary import Binary
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex
from bson.timestamp import Timestamp

FIELDS = ["a", "b", "c"]
PATHS = ["a", "b", "c", "a.b", "a.c", "b.c", "a.b.c"]
NUMBERED = ["a.0", "b.1", "a.0.b", "c.2.a", "b.0.1", "a.01"]
_SPECIAL_NUMBERS = [
    float("nan"),
    Decimal128("NaN"),
    float("inf"),
    float("-inf"),
    Decimal128("1E400"),
    Decimal128("-1E400"),
    2**53,
    2**53 + 1,
    Int64(2**63 - 1),
    float(2**63),
    -0.0,
]


def number(rng: Random) -> Any:
    if rng.random() < 0.1:
        return rng.choice(_SPECIAL_NUMBERS)
    small = rng.randint(-3, 6)
    return rng.choice(
        [small, small, Int64(small), float(small), small + 0.5, Decimal128(str(small))]
    )


def wide_number(rng: Random) -> Any:
    """Numbers of every size, many of them next to a power of two."""
    if rng.random() < 0.3:
        return number(rng)
    near = (rng.choice([1, -1]) << rng.randint(0, 63)) + rng.randint(-2, 2)
    near = min(max(near, -(2**63)), 2**63 - 1)
    kind = rng.randrange(5)
    if kind < 2:
        return near if kind else Int64(near)
    if kind == 2:
        return float(near) * rng.choice([1, 1, 1e-3, 1e300, 5e-324])
    tail = rng.choice(["", ".5", ".0000001", ".99999999", f"E{rng.randint(-6000, 6000)}"])
    return Decimal128(f"{near}{tail}")


def scalar(rng: Random) -> Any:
    kind = rng.randrange(12)
    if kind < 5:
        return number(rng)
    if kind < 8:
        return rng.choice(["", "a", "ab", "b", "a\x00", "a\x01", "\xe9", "B"])
    return rng.choice(
        [
            None,
            True,
            False,
            ObjectId("0" * 24),
            DatetimeMS(rng.randint(-2, 2)),
            Timestamp(1, rng.randint(0, 1)),
            Binary(b"ab", rng.choice([0, 4])),
            b"\xff",
            Regex("a", rng.choice([0, 2])),
            MinKey(),
            MaxKey(),
        ]
    )


def value(rng: Random, depth: int = 2) -> Any:
    kind = rng.randrange(10)
    if depth and kind == 0:
        return {name: value(rng, depth - 1) for name in rng.sample(FIELDS, rng.randint(0, 2))}
    if depth and kind <= 2:
        return [value(rng, depth - 1) for _ in range(rng.randint(0, 3))]
    return scalar(rng)


def document(rng: Random, id: Any) -> dict[str, Any]:
    fields = {name: value(rng, 3) for name in FIELDS if rng.random() < 0.8}
    return {"_id": id, **fields}


def condition(rng: Random, depth: int = 1) -> Any:
    kind = rng.randrange(12)
    if kind < 3:
        found = value(rng, 1)
        return {"$eq": found} if isinstance(found, Regex) else found
    if kind < 7:
        names = rng.sample(["$gt", "$gte", "$lt", "$lte"], rng.randint(1, 2))
        return {name: _bound(rng) for name in names}
    if kind == 7:
        return {"$in": [_plain(rng, 1) for _ in range(rng.randint(0, 3))]}
    if kind == 8:
        return {"$exists": True}
    if kind == 9:
        return {"$ne": scalar_plain(rng) if rng.random() < 0.9 else []}
    if kind == 10 and depth:
        if rng.random() < 0.5:
            return {"$elemMatch": {rng.choice([*FIELDS, "0", "b.c"]): condition(rng, 0)}}
        return {"$elemMatch": {rng.choice(["$gt", "$lte", "$eq"]): _bound(rng)}}
    if kind == 11:
        return {"$type": "string"}
    return {"$regex": rng.choice(["^a", "b$", "^ab$", "^a\x01", "", "^B"])}


def _plain(rng: Random, depth: int) -> Any:
    while isinstance(found := value(rng, depth), Regex):
        pass
    return found


def scalar_plain(rng: Random) -> Any:
    while isinstance(found := scalar(rng), Regex):
        pass
    return found


def _bound(rng: Random) -> Any:
    """What a range may end at; MinKey and MaxKey are refused."""
    while isinstance(found := scalar_plain(rng), (MinKey, MaxKey)):
        pass
    return found if rng.random() < 0.9 else []


def query(rng: Random, depth: int = 2) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
        found[rng.choice(PATHS if rng.random() < 0.8 else NUMBERED)] = condition(rng)
    if depth and rng.random() < 0.25:
        operator = rng.choice(["$and", "$and", "$or", "$nor"])
        found[operator] = [query(rng, depth - 1) for _ in range(rng.randint(1, 2))]
    return found


def sort(rng: Random) -> dict[str, int]:
    paths = rng.sample([*PATHS[:5], "_id"], rng.randint(0, 2))
    return {path: rng.choice([1, -1]) for path in paths}


def index_key(rng: Random) -> dict[str, int]:
    paths = rng.sample(PATHS[:6], rng.randint(1, 3))
    return {path: rng.choice([1, -1]) for path in paths}


def update(rng: Random) -> dict[str, Any]:
    """An update of one to three operators, on paths that often meet what is there."""
    made: dict[str, Any] = {}
    for _ in range(rng.choice([1, 1, 2, 3])):
        name = rng.choice(["$set", "$setOnInsert", "$unset", "$inc", "$max", "$push", "$pull"])
        path = rng.choice([*PATHS, *NUMBERED, "a.10", "a.2"])
        made.setdefault(name, {})[path] = _argument(rng, name)
    return made


def _argument(rng: Random, name: str) -> Any:
    if name == "$inc":
        return wide_number(rng) if rng.random() < 0.95 else "text"
    if name == "$push" and rng.random() < 0.6:
        cut = {"$slice": rng.randint(-3, 3)} if rng.random() < 0.5 else {}
        return {"$each": [value(rng, 1) for _ in range(rng.randint(0, 3))], **cut}
    if name == "$pull":
        return rng.choice(
            [
                scalar_plain(rng),
                {rng.choice(["$gt", "$lte", "$eq", "$ne"]): _bound(rng)},
                {"$in": [_plain(rng, 1) for _ in range(2)]},
                {rng.choice(FIELDS): scalar_plain(rng)},
                {rng.choice(FIELDS): {"$gt": _bound(rng)}},
            ]
        )
    return value(rng, 1)


def identity(rng: Random) -> Any:
    return rng.choice([1, {"a": 1, "b": {"c": 2}}, {"b": [{"a": 1}, 5]}])


def projection(rng: Random) -> dict[str, Any]:
    """One to three paths, mostly of one kind."""
    shown = rng.choice([1, 1.0, True, 0, False])
    paths = rng.sample([*PATHS, "a.0", "_id", "_id.a", "_id.b.c"], rng.randint(0, 3))
    return {path: shown if rng.random() < 0.9 else 1 - shown for path in paths}


def group(rng: Random) -> dict[str, Any]:
    folds = {
        name: {rng.choice(["$sum", "$min"]): _expression(rng, rng.choice([0, 1]))}
        for name in rng.sample(["n", "least"], rng.randint(0, 2))
    }
    return {"_id": _expression(rng, 2), **folds}


def _expression(rng: Random, depth: int) -> Any:
    kind = rng.randrange(9) if depth else rng.randrange(3)
    if kind < 2:
        return f"${rng.choice([*PATHS, 'a.0'])}"
    if kind == 2:
        return rng.choice([None, 0, 1, -0.0, True, "a", MinKey(), Decimal128("0"), Int64(2**62)])
    inner = [_expression(rng, depth - 1) for _ in range(3)]
    if kind == 3:
        return inner[:2]
    if kind == 4:
        return {"$cond": inner}
    if kind == 5:
        return {"$and": inner}
    if kind == 6:
        return {"$in": [inner[0], inner[1:] if rng.random() < 0.8 else inner[1]]}
    return {rng.choice(["$eq", "$lt", "$gte"]): inner[:2]}


def upsert_query(rng: Random, depth: int = 1) -> dict[str, Any]:
    """A filter of which much is equality."""
    found: dict[str, Any] = {}
    for path in rng.sample([*PATHS, "a.0", "_id"], rng.randint(0, 2)):
        kind = rng.randrange(6)
        if kind < 3:
            found[path] = _plain(rng, 1)
        elif kind == 3:
            found[path] = {"$eq": _plain(rng, 1), "$exists": True}
        elif kind == 4:
            found[path] = {"$in": [_plain(rng, 0) for _ in range(rng.randint(1, 2))]}
        else:
            found[path] = {"$gt": _bound(rng)}
    if depth and rng.random() < 0.4:
        branches = [upsert_query(rng, 0) for _ in range(rng.randint(1, 2))]
        found[rng.choice(["$and", "$and", "$or", "$nor"])] = branches
    return found
