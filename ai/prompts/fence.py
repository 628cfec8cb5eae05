"""A fence around what others wrote: nobody can guess it, so nothing behind it can end it."""

from __future__ import annotations

import secrets

from domain.text import seen


class Fence:
    """Puts texts one after the other, each under a line that says what it is."""

    def __init__(self) -> None:
        self._mark = f"=== {secrets.token_hex(6)}"
        self._parts: list[str] = []

    def add(self, what: str, text: str, most: int) -> None:
        """`what` becomes one line; of a longer text the beginning is told, and of all of it what
        people see too: a model reads what is written between the characters."""
        self._parts.append(f"{self._mark} {' '.join(seen(what).split())}\n{seen(text)[:most]}")

    def closed(self, *after: str) -> str:
        """All of it, and behind the fence what is to be done with it."""
        return "\n".join((*self._parts, f"{self._mark} end", *after))
