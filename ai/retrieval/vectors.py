"""The nearest vectors: one matrix where a product with all is quick, faiss beyond."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.retrieval.embedding import Vectors

Vector = NDArray[np.float32]

LARGE = 50_000
"""Beyond so many, faiss looks only where the nearest are likely, if it is installed: at 100,000 the
product with all is 12 of the 16 ms of processor time that a search takes."""
FEWEST_ROWS = 256


class VectorIndex:
    """Vectors of length 1 or less by the id of what they stand for. Not for several threads."""

    def __init__(self, dimensions: int, *, large: int = LARGE) -> None:
        self._large = large if find_spec("faiss") else None
        self._rows: Vectors = np.zeros((FEWEST_ROWS, dimensions), np.float32)
        self._ids: list[str] = []
        self._row_of: dict[str, int] = {}
        self._cells: _Cells | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Take vectors in, each in place of the one with its id."""
        self.drop(each for each in ids if each in self._row_of)
        self._make_room(len(ids))
        first = len(self._ids)
        self._rows[first : first + len(ids)] = vectors
        for identity in ids:
            self._row_of[identity] = len(self._ids)
            self._ids.append(identity)
        if self._cells is not None:
            self._cells.put(range(first, len(self._ids)), vectors)
        elif self._large is not None and len(self._ids) > self._large:
            self._cells = _Cells(self._rows[: len(self._ids)])

    def drop(self, ids: Iterable[str]) -> None:
        """Forget what has these ids; the last row takes the place of each."""
        for identity in list(ids):
            row = self._row_of.pop(identity, None)
            if row is None:
                continue
            last = len(self._ids) - 1
            moved = self._ids.pop()
            if self._cells is not None:
                self._cells.drop({row, last})
            if row != last:
                self._ids[row] = moved
                self._row_of[moved] = row
                self._rows[row] = self._rows[last]
                if self._cells is not None:
                    self._cells.put([row], self._rows[row : row + 1])

    def search(self, vector: Vector, limit: int) -> list[tuple[str, float]]:
        """The nearest first, each with its likeness of -1 to 1."""
        count = len(self._ids)
        if not count or limit < 1:
            return []
        if self._cells is not None:
            found = self._cells.near(vector, limit)
            likeness = self._rows[found] @ vector  # Its own are rounded.
        else:
            every = self._rows[:count] @ vector
            found = np.argpartition(every, -min(limit, count))[-min(limit, count) :]
            likeness = every[found]
        order = np.argsort(-likeness)
        return [(self._ids[found[each]], float(likeness[each])) for each in order]

    def likeness(self, ids: Sequence[str], vector: Vector) -> list[float]:
        """How like the vectors of these ids are; 0 for one that is not here."""
        rows = [self._row_of.get(each) for each in ids]
        return [0.0 if row is None else float(self._rows[row] @ vector) for row in rows]

    def _make_room(self, more: int) -> None:
        wanted = len(self._ids) + more
        if wanted <= len(self._rows):
            return
        rows = np.zeros((max(wanted, len(self._rows) * 3 // 2), self._rows.shape[1]), np.float32)
        rows[: len(self._ids)] = self._rows[: len(self._ids)]
        self._rows = rows


class _Cells:
    """Rows in cells by the centre that is nearest, at half the bytes; few cells are looked into."""

    def __init__(self, rows: Vectors) -> None:
        faiss = import_module("faiss")
        cells = int(4 * len(rows) ** 0.5)
        width = rows.shape[1]
        self._index: Any = faiss.index_factory(
            width, f"IVF{cells},SQfp16", faiss.METRIC_INNER_PRODUCT
        )
        self._index.train(rows[:: max(1, len(rows) // (cells * 40))])
        self._index.nprobe = max(8, cells // 16)
        self.put(range(len(rows)), rows)

    def put(self, rows: Iterable[int], vectors: Vectors) -> None:
        self._index.add_with_ids(vectors, np.fromiter(rows, np.int64))

    def drop(self, rows: Iterable[int]) -> None:
        self._index.remove_ids(np.fromiter(rows, np.int64))

    def near(self, vector: Vector, limit: int) -> NDArray[np.int64]:
        _, found = self._index.search(vector[None, :], limit)
        return found[0][found[0] >= 0]
