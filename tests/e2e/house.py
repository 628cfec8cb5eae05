"""A house to visit, with a cable to its first node that can be cut."""

from __future__ import annotations

from contextlib import ExitStack

from tests import house
from tests.e2e.cable import Cable
from tests.processes import held_port


class House(house.House):
    """`cable` leads to the first of `nodes`."""

    cable: Cable

    def _build(self, stack: ExitStack) -> None:
        self.cable = Cable(stack.enter_context(held_port()))
        self._more["DESKWIRE_ALLOWED_ORIGINS"] = self.cable.url
        super()._build(stack)
        self.cable.lead_to(self.nodes[0].url)
        stack.callback(self.cable.cut)
