"""A fresh desk for each scenario."""

import pytest

from tests.domain.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
