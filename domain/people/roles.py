"""How far a role reaches: nobody gives more than they have, and clients stay clients."""

from __future__ import annotations

from collections.abc import Mapping

from domain.access import DEFAULT_ROLES, Actor, Permission, Scope
from domain.errors import Conflict, Forbidden, Invalid
from domain.people.state import ADMIN, CLIENT, Role

BUILT_IN = frozenset(DEFAULT_ROLES)

_REACH = {scope: reach for reach, scope in enumerate(Scope)}
_CLIENTS_MAY = frozenset(DEFAULT_ROLES[CLIENT])


def check_grant(actor: Actor, permissions: Mapping[Permission, Scope]) -> None:
    """Raise Forbidden where a role allows more than the actor who handles it may."""
    if actor.is_machine:
        return
    for permission, scope in permissions.items():
        own = actor.permissions.get(permission)
        if own is None or _REACH[own] < _REACH[scope]:
            raise Forbidden(
                f"That takes more than you have: {permission.value} for {scope.value}.",
                fields={"permission": permission.value},
            )


def check_role(role: Role) -> None:
    """Raise Conflict or Invalid for permissions that a role must not lack, or must not have."""
    if role.name == ADMIN and role.permissions.get(Permission.PEOPLE_MANAGE) is not Scope.ALL:
        raise Conflict("The admin role must keep people.manage, or nobody could give it back.")
    if role.staff:
        return
    for permission, scope in role.permissions.items():
        if permission not in _CLIENTS_MAY:
            raise Invalid(
                f"Only people who work here can have {permission.value}.",
                fields={f"permissions.{permission.value}": "not for clients"},
            )
        about_tickets = permission is not Permission.CATALOG_READ
        if about_tickets and _REACH[scope] > _REACH[Scope.COMPANY]:
            raise Invalid(
                f"For clients, {permission.value} reaches to their company at most.",
                fields={f"permissions.{permission.value}": "own or company"},
            )
