"""How a visitor becomes known: by a mailed code, or by the word of the inbox's own site."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from domain.access import Permission
from domain.document import require
from domain.errors import Invalid, NotFound
from domain.inbox.state import Inbox
from domain.message import Id, Record
from domain.people.state import Email, Name
from server.auth.answers import Grant
from server.http.auth import Token, where_of
from server.http.operation import Call, Who, operation
from server.store.documents import fetch

Digits = Annotated[str, Field(pattern=r"^\d{8}$", json_schema_extra={"examples": ["27182818"]})]
Signature = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class AskCode(Record):
    """`token` is the visitor's own."""

    token: Token
    email: Email


class Proof(Record):
    """Either the `code` that was mailed, or `inbox_id` and `signature`: the hexadecimal
    HMAC-SHA256 of the lower-cased address under the inbox's identity secret."""

    token: Token
    email: Email
    code: Digits | None = None
    inbox_id: Id | None = None
    signature: Signature | None = None
    name: Name | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> Proof:
        signed = self.inbox_id is not None and self.signature is not None
        alone = self.inbox_id is None and self.signature is None
        if not (signed if self.code is None else alone):
            raise Invalid(
                "Give either `code`, or `inbox_id` and `signature`.",
                fields={"code": "or `inbox_id` and `signature`"},
            )
        return self


class IdentitySecret(BaseModel):
    """What the inbox's own site signs addresses with, on its server and nowhere else."""

    secret: str


@operation(
    "POST",
    "/api/auth/identify",
    "Prove an address, and be its holder",
    takes=Proof,
    answers=Grant,
    who=Who.ANYBODY,
)
async def identify(call: Call, given: Proof) -> Grant:
    known = call.parts.auth.identify
    where = where_of(call)
    if given.code is not None:
        return await known.by_code(given.token, given.email, given.code, given.name, where)
    assert given.inbox_id, "the model takes one proof or the other"
    assert given.signature, "an inbox comes with a signature"
    return await known.by_signature(
        given.token, given.inbox_id, given.email, given.signature, given.name, where
    )


@operation(
    "POST",
    "/api/auth/identify/code",
    "Have a code mailed that proves an address",
    takes=AskCode,
    who=Who.ANYBODY,
)
async def send_code(call: Call, given: AskCode) -> None:
    await call.parts.auth.identify.send_code(given.token, given.email, where_of(call))


@operation(
    "GET",
    "/api/inboxes/{id}/identity-secret",
    "Read what an inbox's own site signs with",
    answers=IdentitySecret,
)
async def read_identity_secret(call: Call) -> IdentitySecret:
    return await _secret_of(call)


@operation(
    "POST",
    "/api/inboxes/{id}/identity-secret",
    "Renew what an inbox's own site signs with",
    answers=IdentitySecret,
)
async def renew_identity_secret(call: Call) -> IdentitySecret:
    await call.command("inbox.renew_identity_secret", inbox_id=call.id())
    return await _secret_of(call)


async def _secret_of(call: Call) -> IdentitySecret:
    require(call.actor, Permission.SETTINGS_MANAGE)
    inbox = await fetch(call.parts.store, Inbox, call.id())
    if inbox is None:
        raise NotFound("There is no such inbox.")
    return IdentitySecret(secret=call.parts.auth.secret_of(inbox))


OPERATIONS = (identify, send_code, read_identity_secret, renew_identity_secret)
