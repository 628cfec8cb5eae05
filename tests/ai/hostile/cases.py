"""The written cases, as cases.toml has them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

By = Literal[
    "client message",
    "client name",
    "client language",
    "ticket title",
    "file name",
    "earlier note",
    "copilot draft",
    "article",
    "article title",
    "import",
]
Way = Literal[
    "answer",
    "copilot reply",
    "copilot summary",
    "copilot draft",
    "triage",
    "article",
    "import",
    "find",
]
Came = Literal["shown", "passages", "handed over", "refused", "sorted", "found", "brought in"]


class Case(BaseModel):
    """See the head of cases.toml for what each word says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    by: By
    text: str
    repeat: int = 1
    way: Way
    says: tuple[str, ...] = ()
    endless: bool = False
    wire: str | None = None
    came: Came
    shows: str = ""
    hides: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    failed: str = ""
    because: str = ""

    @property
    def words(self) -> str:
        """All of the text, the last line as often as it is repeated."""
        first, end, last = self.text.rpartition("\n")
        return first + end + last * self.repeat


def all_cases() -> list[Case]:
    written = tomllib.loads((Path(__file__).parent / "cases.toml").read_text("utf-8"))
    return [Case.model_validate(each) for each in written["case"]]


CASES = all_cases()
