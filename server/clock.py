"""The machine's clock, cut to milliseconds."""

from __future__ import annotations

import time

from domain.message import Millis


class SystemClock:
    def now(self) -> Millis:
        """The present moment."""
        return time.time_ns() // 1_000_000
