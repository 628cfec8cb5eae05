"""The house stands: every room can be entered."""

import importlib

import pytest


@pytest.mark.parametrize("room", ["server", "realtime", "domain", "ai", "mobile_api", "loadtests"])
def test_every_room_imports_and_says_what_it_is_for(room: str):
    assert importlib.import_module(room).__doc__
