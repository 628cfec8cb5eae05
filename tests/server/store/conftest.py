"""The furnished house and dispatcher of the dispatch tests."""

from tests.server.dispatch.conftest import clock, dispatcher, heard, house, log

__all__ = ["clock", "dispatcher", "heard", "house", "log"]
