"""The random histories are worth folding: everything happens in some of them."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from hypothesis import given, settings

from domain.catalog import AgentEvent, TicketEvent
from domain.message import Audience
from tests.convergence.histories import HISTORIES, Move
from tests.convergence.test_server import many, snapshots


def test_every_kind_of_event_happens_in_some_history():
    happened: Counter[str] = Counter()

    @settings(many, max_examples=300, derandomize=True)
    @given(HISTORIES)
    def play_one(history: list[Move]) -> None:
        desk, _ = snapshots(history)
        commits = [commit for log in desk.log.values() for commit in log]
        for commit in commits:
            happened.update(event.type for event in commit.events)
            if {event.audience for event in commit.events} == {Audience.STAFF}:
                happened["for staff only"] += 1

    play_one()

    unions = (*get_args(TicketEvent), *get_args(AgentEvent))
    known = {member.model_fields["type"].default for member in unions}
    assert known - set(happened) == set()
    assert happened["for staff only"] > 100
