"""What `decide` must know beyond the document; dispatch looks it up before it asks."""

from __future__ import annotations

from domain.message import Id, Record
from domain.people.state import Role


class Facts(Record):
    """Only what the command bears on is filled in; None means that there is no such thing.

    `present_role` is what the user has now, `role` the one they shall have; `other_admins` counts
    the active ones beside the user; `holders` the users of a role or skill; `needed_by` says in
    words what a team or skill cannot be taken from; `staff_ids` are those of the named people who
    work here, `skill_ids` and `team_ids` those of the named that exist; `member_of` the user's
    teams; `leave_ids` the leave of somebody who shall be erased.
    """

    present_role: Role | None = None
    role: Role | None = None
    other_admins: int = 0
    holders: int = 0
    needed_by: tuple[str, ...] = ()
    staff_ids: frozenset[Id] = frozenset()
    skill_ids: frozenset[Id] = frozenset()
    team_ids: frozenset[Id] = frozenset()
    member_of: frozenset[Id] = frozenset()
    default_team_id: Id | None = None
    leave_ids: frozenset[Id] = frozenset()
    deputies: tuple[Id, ...] = ()
    """The named deputy, that one's deputy, and so on, until one comes again."""
