"""Dying at a named step, as if the power went, and a machine's clock that jumps: for tests that
prove that nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

_STEP, _, _TIME = os.environ.get("DESKWIRE_FAULT", "").partition(":")
_passed = 0


def fault(step: str) -> None:
    """End this process at once where DESKWIRE_FAULT names this step, as in `step` or `step:2`
    for its second time; nothing otherwise."""
    global _passed
    if step == _STEP:
        _passed += 1
        if _passed == int(_TIME or 1):
            os._exit(137)


def clock_moved() -> int:
    """By how many milliseconds somebody moved this machine's clock: what stands in the file that
    `DESKWIRE_FAULT=clock:<file>` names; 0 otherwise."""
    return int(Path(_TIME).read_text()) if _STEP == "clock" else 0
