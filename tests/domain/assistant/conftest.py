"""A desk whose inbox has the assistant on."""

import pytest

from domain.ticket.state import Ticket
from tests.domain.desk import Desk


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.inbox = desk.inbox.model_copy(update={"assistant": True})
    return desk


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """A question of Carl's that waits for the assistant."""
    return desk.open()
