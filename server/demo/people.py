"""Who can log in to the demo: said to whoever starts it, and put into its store."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from domain.people.state import CLIENT
from server.demo.content import load_company

PASSWORD = "deskwire-demo"
LOG_INS = ("client", "agent", "agent2", "supervisor", "admin")
"""The keys of those whose log-ins are told; everybody else's are for the simulated traffic."""


class LogIn(NamedTuple):
    """Somebody whom a visitor of the demo may be."""

    key: str
    name: str
    role: str
    email: str


@cache
def log_ins() -> tuple[LogIn, ...]:
    """Everybody of LOG_INS, in that order."""
    house = load_company()
    customers = {each.key: each for each in house.customers}
    agents = {each.key: each for each in house.agents}
    return tuple(
        LogIn(key, agents[key].name, agents[key].role, agents[key].email)
        if key in agents
        else LogIn(key, customers[key].name, CLIENT, customers[key].emails[0])
        for key in LOG_INS
    )
