"""What `decide` must know beyond the document; dispatch looks it up before it asks."""

from __future__ import annotations

from domain.message import Id, Record


class Facts(Record):
    """`team_known` says whether the named team exists; `staff_ids` which of the named people work
    here, `skill_ids` which of the named skills there are.

    `needed_by` says in words what an inbox or category cannot be taken from.
    """

    team_known: bool = True
    staff_ids: frozenset[Id] = frozenset()
    skill_ids: frozenset[Id] = frozenset()
    needed_by: tuple[str, ...] = ()
