"""What a change of a user owes to other documents: their teams, their contact."""

from __future__ import annotations

from domain.contact.commands import DeleteContact, RegisterContact
from domain.document import Change, Document
from domain.leave.commands import DeleteLeave
from domain.message import Id
from domain.people.commands import AddMember, CreateUser, DeleteUser, RemoveMember, UpdateUser
from domain.people.facts import Facts
from domain.people.state import User
from domain.process import MACHINE, Step, step_id


def next_steps(
    before: Document | None, after: Document | None, command: Change, facts: Facts
) -> list[Step]:
    """Commands that make the rest of the house fit what became of a user."""
    if not isinstance(after, User) or (before is not None and not isinstance(before, User)):
        return []
    if isinstance(command, DeleteUser):
        owed = [
            *_leave(after, facts.member_of, command),
            *_forget(after, command),
            *(
                DeleteLeave(
                    command_id=step_id(f"forget:{leave_id}", command.command_id), leave_id=leave_id
                )
                for leave_id in sorted(facts.leave_ids)
            ),
        ]
    elif facts.role and facts.role.staff:
        owed = [*_settle_in(after, command, facts), *_register(before, after, command)]
    else:
        owed = [*_leave(after, facts.member_of, command), *_register(before, after, command)]
    return [Step(command=each.model_dump(mode="json"), actor=MACHINE) for each in owed]


def _settle_in(user: User, command: Change, facts: Facts) -> list[Change]:
    """Staff are in the teams they are given, and never in none: who would see their tickets?"""
    named = command.team_ids if isinstance(command, CreateUser | UpdateUser) else None
    wanted = facts.member_of if named is None else frozenset(named)
    if not wanted and facts.default_team_id:
        wanted = frozenset({facts.default_team_id})
    return [
        *_join(user, wanted - facts.member_of, command),
        *_leave(user, facts.member_of - wanted, command),
    ]


def _join(user: User, team_ids: frozenset[Id], command: Change) -> list[Change]:
    return [
        AddMember(
            command_id=step_id(f"join:{team_id}", command.command_id),
            team_id=team_id,
            user_id=user.id,
        )
        for team_id in sorted(team_ids)
    ]


def _leave(user: User, team_ids: frozenset[Id], command: Change) -> list[Change]:
    return [
        RemoveMember(
            command_id=step_id(f"leave:{team_id}", command.command_id),
            team_id=team_id,
            user_id=user.id,
        )
        for team_id in sorted(team_ids)
    ]


def _register(before: User | None, after: User, command: Change) -> list[Change]:
    if before is not None or after.contact_id is None:
        return []
    return [
        RegisterContact(
            command_id=step_id("register", command.command_id),
            contact_id=after.contact_id,
            name=after.name,
            user_id=after.id,
            email=after.email,
        )
    ]


def _forget(user: User, command: Change) -> list[Change]:
    if user.contact_id is None:
        return []
    return [
        DeleteContact(command_id=step_id("erase", command.command_id), contact_id=user.contact_id)
    ]
