"""The furnished house and its clock."""

from tests.server.dispatch.conftest import clock, house

__all__ = ["clock", "house"]
