"""What is owed to the outside: looked at and tried again by an admin; the demo's letters."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from domain.access import Permission
from domain.document import require
from domain.errors import NotFound
from domain.message import Millis, Record
from server.http.operation import Call, operation
from server.http.paging import Limit, Page
from server.store.effects import Effect, Effects, State
from server.store.letters import KeptLetter, Letters


class EffectsQuery(Record):
    """`state` leaves out all others; pages go by the ids of effects."""

    state: State | None = None
    after: Annotated[str, Field(max_length=500)] | None = None
    limit: Limit = 50


class EffectShown(BaseModel):
    """An effect: what it is about by ids, and how far it is.

    An owed one is due at `due_at`; `last_error` is that of its last try, `reason` why it was
    dropped.
    """

    id: str
    kind: str
    state: State
    about: dict[str, str]
    at: Millis
    due_at: Millis
    tries: int
    reason: str | None
    last_error: str | None


class LettersQuery(Record):
    after: Annotated[str, Field(max_length=500)] | None = None
    limit: Limit = 50


@operation(
    "GET",
    "/api/effects",
    "List what is or was owed to the outside",
    takes=EffectsQuery,
    answers=Page[EffectShown],
)
async def list_effects(call: Call, query: EffectsQuery) -> Page[EffectShown]:
    require(call.actor, Permission.SETTINGS_MANAGE)
    found = await _effects(call).page(query.state, query.after, query.limit + 1)
    items = tuple(_shown(each) for each in found[: query.limit])
    return Page(items=items, next=items[-1].id if len(found) > query.limit else None)


@operation(
    "POST",
    "/api/effects/{id}/retry",
    "Try a dead effect again, at once; one that is not dead stays as it is",
    answers=EffectShown,
)
async def retry_effect(call: Call) -> EffectShown:
    require(call.actor, Permission.SETTINGS_MANAGE)
    effect = await _effects(call).retry(call.request.path_params["id"])
    if effect is None:
        raise NotFound("There is no such effect.")
    return _shown(effect)


@operation(
    "GET",
    "/api/demo/mail",
    "Read the letters that the demo would have sent, newest first",
    takes=LettersQuery,
    answers=Page[KeptLetter],
)
async def list_letters(call: Call, query: LettersQuery) -> Page[KeptLetter]:
    if call.parts.settings.mode != "demo":
        raise NotFound("Letters are kept in the demo only.")
    require(call.actor, Permission.CONTACT_READ)
    found = await Letters(call.parts.store).page(query.after, query.limit + 1)
    items = tuple(found[: query.limit])
    return Page(items=items, next=items[-1].id if len(found) > query.limit else None)


def _effects(call: Call) -> Effects:
    return Effects(call.parts.store, call.parts.clock)


def _shown(effect: Effect) -> EffectShown:
    return EffectShown(
        id=effect.id,
        kind=effect.kind,
        state=effect.state,
        about=dict(effect.about),
        at=effect.at,
        due_at=effect.due_at,
        tries=effect.tries,
        reason=effect.reason,
        last_error=effect.last_error,
    )


OPERATIONS = (list_effects, retry_effect, list_letters)
