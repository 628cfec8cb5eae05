"""Moving tickets between colleagues until none carries much more than another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.message import Id
from domain.routing.choose import Option
from domain.routing.needs import lack_of

MOST_MOVES = 50


class Movable(NamedTuple):
    """A ticket that could go to a colleague."""

    ticket_id: Id
    owner_id: Id
    weight: int
    skills: Mapping[Id, int] = {}
    """By skill, the least level that it takes."""
    only: frozenset[Id] = frozenset()
    """Whom its category names; empty for all of the team."""


class Move(NamedTuple):
    ticket_id: Id
    from_id: Id
    to_id: Id
    weight: int


def plan_moves(options: Iterable[Option], movable: Iterable[Movable]) -> list[Move]:
    """One ticket after another from who is fullest to who is least full and can take it.

    Only moves that leave both less full than the fuller one was; the fewest and largest first.
    """
    by_id = {each.agent_id: each for each in options}
    left = {each.ticket_id: each for each in movable if each.owner_id in by_id}
    moves: list[Move] = []
    while len(moves) < MOST_MOVES and (move := _next(by_id, list(left.values()))):
        moves.append(move)
        del left[move.ticket_id]
        for agent_id, weight in ((move.from_id, -move.weight), (move.to_id, move.weight)):
            option = by_id[agent_id]
            by_id[agent_id] = option._replace(load=option.load + weight)
    return moves


def _next(options: Mapping[Id, Option], movable: Sequence[Movable]) -> Move | None:
    for giver in sorted(options.values(), key=_share, reverse=True):
        theirs = [each for each in movable if each.owner_id == giver.agent_id]
        for ticket in sorted(theirs, key=lambda each: (-each.weight, each.ticket_id)):
            for taker in sorted(options.values(), key=_share):
                if _helps(giver, taker, ticket):
                    return Move(ticket.ticket_id, giver.agent_id, taker.agent_id, ticket.weight)
    return None


def _share(option: Option) -> tuple[float, Id]:
    return option.load / max(1, option.capacity), option.agent_id


def _helps(giver: Option, taker: Option, ticket: Movable) -> bool:
    if taker.kept_by is not None or lack_of(ticket.skills, taker.skills):
        return False
    if ticket.only and taker.agent_id not in ticket.only:
        return False
    after = (taker.load + ticket.weight) / max(1, taker.capacity)
    return taker.agent_id != giver.agent_id and after <= 1 and after < _share(giver)[0]
