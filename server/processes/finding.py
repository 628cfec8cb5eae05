"""What the doctor found about one part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A part, whether it is well, and the line that mends it; what is optional may be missing."""

    part: str
    detail: str
    mend: str = ""
    optional: bool = False

    @property
    def well(self) -> bool:
        """Nothing is to be done."""
        return not self.mend

    def __str__(self) -> str:
        mark = "ok" if self.well else "--" if self.optional else "!!"
        line = f"{mark}  {self.part:<12} {self.detail}"
        return line if self.well else f"{line}\n{'':<17}→ {self.mend}"
