"""Becoming known over REST: the site's word, the code, the inbox's secret."""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import Any
from uuid import uuid4

import pytest

from domain.inbox.state import DEFAULT_INBOX_ID
from tests.server.http.desk import Desk, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = f"/api/inboxes/{DEFAULT_INBOX_ID}/identity-secret"


def address() -> str:
    return f"{uuid4().hex}@site.test"


def bearer(grant: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {grant['access_token']}"}


async def visitor(desk: Desk) -> dict[str, Any]:
    return done(await desk.post(None, "/api/auth/guest"), 201)


async def signed(desk: Desk, email: str) -> str:
    """What the site's own server makes of an address."""
    secret: str = done(await desk.get("admin", SECRET))["secret"]
    return hmac.new(secret.encode(), email.lower().encode(), hashlib.sha256).hexdigest()


async def proof(desk: Desk, guest: dict[str, Any], email: str, **more: Any) -> dict[str, Any]:
    return {
        "token": guest["access_token"],
        "inbox_id": DEFAULT_INBOX_ID,
        "email": email,
        "signature": await signed(desk, email),
        **more,
    }


async def test_a_visitor_becomes_known_and_goes_on_with_their_ticket(desk: Desk):
    guest, email = await visitor(desk), address()
    body = {"title": "From the widget", "body": "b", "channel": "widget"}
    ticket = done(await desk.post(None, "/api/tickets", body, headers=bearer(guest)), 201)

    given = await proof(desk, guest, email.upper(), name="Cleo")
    grant = done(await desk.post(None, "/api/auth/identify", given))

    refused(await desk.get(None, "/api/auth/me", headers=bearer(guest)), 401, "unauthenticated")
    seen = done(await desk.get(None, "/api/auth/me", headers=bearer(grant)))
    assert seen["user"] == grant["user"]
    assert (seen["user"]["name"], seen["user"]["email"]) == ("Cleo", email)
    assert seen["permissions"]["ticket.read"] == "own"
    listed = done(await desk.get(None, "/api/tickets", headers=bearer(grant)))["items"]
    assert [each["id"] for each in listed] == [ticket["id"]]
    reply = await desk.post(
        None, f"/api/tickets/{ticket['id']}/messages", {"body": "Me."}, headers=bearer(grant)
    )
    assert reply.status_code == 201
    refresh = {"refresh_token": grant["refresh_token"]}
    fresh = done(await desk.post(None, "/api/auth/refresh", refresh))
    assert fresh["user"] == grant["user"]
    assert (await desk.post(None, "/api/auth/logout", headers=bearer(fresh))).status_code == 204
    refused(await desk.get(None, "/api/tickets", headers=bearer(fresh)), 401, "unauthenticated")


async def test_a_forged_word_is_refused(desk: Desk):
    guest = await visitor(desk)
    given = await proof(desk, guest, address())
    forged = {**given, "email": address()}
    refused(await desk.post(None, "/api/auth/identify", forged), 403, "forbidden")
    done(await desk.get(None, "/api/auth/me", headers=bearer(guest)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "123456"}, "code"),
        ({"inbox_id": None}, "code"),
        ({"signature": None}, "code"),
        ({"signature": "short"}, "signature"),
        ({"signature": None, "inbox_id": None, "code": "12345x"}, "code"),
        ({"signature": None, "inbox_id": None}, "code"),
        ({"email": "nobody"}, "email"),
        ({"inbox_id": "x"}, "inbox_id"),
        ({"name": " "}, "name"),
        ({"contact_id": str(uuid4())}, "contact_id"),
    ],
)
async def test_a_proof_that_will_not_do_names_the_field(
    desk: Desk, change: dict[str, Any], field: str
):
    given = {**await proof(desk, await visitor(desk), address()), **change}
    error = refused(await desk.post(None, "/api/auth/identify", given), 422, "invalid")
    assert field in error["fields"]


async def test_who_is_known_changes_nothing_that_staff_change(desk: Desk):
    grant = done(
        await desk.post(
            None, "/api/auth/identify", await proof(desk, await visitor(desk), address())
        )
    )
    refused(await desk.get(None, SECRET, headers=bearer(grant)), 403, "forbidden")
    refused(await desk.get(None, "/api/contacts", headers=bearer(grant)), 403, "forbidden")
    refused(await desk.get(None, "/api/auth/sessions", headers=bearer(grant)), 403, "forbidden")


@pytest.mark.parametrize("who", ["client", "agent", "supervisor"])
async def test_the_secret_is_for_who_manages_inboxes(desk: Desk, who: str):
    refused(await desk.get(who, SECRET), 403, "forbidden")
    refused(await desk.post(who, SECRET), 403, "forbidden")
    elsewhere = f"/api/inboxes/{uuid4()}/identity-secret"
    refused(await desk.get("admin", elsewhere), 404, "not_found")
    refused(await desk.post("admin", elsewhere), 404, "not_found")


async def test_a_renewed_secret_voids_the_old_and_a_repeat_renews_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    guest, email, key = await visitor(desk), address(), str(uuid4())
    old = await proof(desk, guest, email)
    before = done(await desk.get("admin", SECRET))["secret"]

    renewed = done(await desk.post("admin", SECRET, key=key))["secret"]
    again = done(await desk.post("admin", SECRET, key=key))["secret"]

    assert renewed == again != before
    assert len(renewed) == 64
    refused(await desk.post(None, "/api/auth/identify", old), 403, "forbidden")
    done(await desk.post(None, "/api/auth/identify", await proof(desk, guest, email)))
    shown = [(await desk.get("admin", path)).text for path in ("/api/inboxes", SECRET[:-16])]
    assert renewed not in caplog.text + "".join(shown)


async def test_another_inboxs_secret_proves_nothing(desk: Desk):
    team = done(await desk.get("admin", "/api/teams"))["items"][0]["id"]
    body = {"name": uuid4().hex, "team_id": team}
    inbox = done(await desk.post("admin", "/api/inboxes", body), 201)
    given = await proof(desk, await visitor(desk), address(), inbox_id=inbox["id"])
    refused(await desk.post(None, "/api/auth/identify", given), 403, "forbidden")


async def test_where_no_mail_leaves_there_is_no_code(desk: Desk):
    ask = {"token": (await visitor(desk))["access_token"], "email": address()}
    refused(await desk.post(None, "/api/auth/identify/code", ask), 409, "conflict")
    enter = {**ask, "code": "123456"}
    refused(await desk.post(None, "/api/auth/identify", enter), 422, "invalid")
