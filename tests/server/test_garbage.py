"""What stays is put aside; what refers to itself is found when many have left."""

from __future__ import annotations

import gc
from collections.abc import Generator
from weakref import ref

import pytest

from server import garbage
from server.garbage import ANYWAY_EVERY, Cleaning


class Circle:
    def __init__(self) -> None:
        self.itself: Circle | None = self


@pytest.fixture(autouse=True)
def began() -> Generator[None]:
    garbage.begin()
    yield
    garbage.end()


def test_what_stayed_is_put_aside_and_never_looked_through_again():
    kept = [Circle() for _ in range(1_000)]
    before = gc.get_freeze_count()
    gc.collect(1)

    assert gc.get_freeze_count() >= before + len(kept)
    assert len(gc.get_objects(generation=2)) == 0


def test_what_is_put_aside_goes_when_nothing_refers_to_it():
    kept = Circle()
    gone = ref(kept)
    gc.collect(1)
    kept.itself = None
    del kept

    assert gone() is None


def test_what_refers_to_itself_is_found_when_half_of_those_who_were_here_have_left():
    present = 10
    cleaning = Cleaning(lambda: present)
    circle = Circle()
    gone = ref(circle)
    gc.collect(1)
    del circle
    cleaning.look()
    present = 5
    cleaning.look()
    assert gone() is not None

    present = 4
    cleaning.look()
    assert gone() is None


def test_what_refers_to_itself_is_found_after_hours_although_nobody_leaves():
    passed = 0.0
    cleaning = Cleaning(lambda: 10, lambda: passed)
    circle = Circle()
    gone = ref(circle)
    gc.collect(1)
    del circle
    passed = ANYWAY_EVERY - 1
    cleaning.look()
    assert gone() is not None

    passed = ANYWAY_EVERY
    cleaning.look()
    assert gone() is None
