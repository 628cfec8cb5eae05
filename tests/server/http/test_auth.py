"""Log-ins over REST: in, on, out, and who may not."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any
from uuid import uuid4

import pytest

from server.auth.setup import offer_setup
from tests.server.http.desk import PASSWORD, Desk, done, open_desk, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


def address() -> str:
    return f"{uuid4().hex}@desk.test"


async def signed_up(desk: Desk, **more: Any) -> dict[str, Any]:
    body = {"email": address(), "name": "Somebody", "password": PASSWORD, **more}
    return done(await desk.post(None, "/api/auth/signup", body), 201)


async def me(desk: Desk, token: str) -> Any:
    return await desk.get(None, "/api/auth/me", headers={"Authorization": f"Bearer {token}"})


async def test_who_signs_up_is_a_client_and_logged_in(desk: Desk):
    grant = await signed_up(desk, name="Ann")

    assert set(grant) == {"access_token", "refresh_token", "user"}
    assert (grant["user"]["name"], grant["user"]["role"]) == ("Ann", "client")
    seen = done(await me(desk, grant["access_token"]))
    assert seen["user"] == grant["user"]
    assert (seen["teams"], seen["permissions"]["ticket.read"]) == ([], "own")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 2_000}, "password"),
        ({"role": "admin"}, "role"),
        ({"email": 5}, "email"),
    ],
)
async def test_a_sign_up_that_will_not_do_names_the_field(
    desk: Desk, change: dict[str, Any], field: str
):
    body = {"email": address(), "name": "Ann", "password": PASSWORD, **change}

    error = refused(await desk.post(None, "/api/auth/signup", body), 422, "invalid")

    assert field in error["fields"]


async def test_an_address_has_one_account_and_the_same_key_makes_one(desk: Desk):
    key, body = str(uuid4()), {"email": address(), "name": "Ann", "password": PASSWORD}

    first = done(await desk.post(None, "/api/auth/signup", body, key=key), 201)
    again = done(await desk.post(None, "/api/auth/signup", body, key=key), 201)
    refused(await desk.post(None, "/api/auth/signup", body), 409, "not_unique")

    assert again["user"] == first["user"]


async def test_log_in_says_not_which_of_both_is_wrong(desk: Desk):
    grant = await signed_up(desk)
    email = grant["user"]["email"]

    wrong = await desk.post(None, "/api/auth/login", {"email": email, "password": "not it at all"})
    nobody = await desk.post(None, "/api/auth/login", {"email": address(), "password": PASSWORD})
    right = await desk.post(
        None, "/api/auth/login", {"email": f" {email.upper()} ", "password": PASSWORD}
    )

    assert refused(wrong, 401, "unauthenticated") == refused(nobody, 401, "unauthenticated")
    assert done(right)["user"] == grant["user"]


async def test_who_guesses_is_slowed_down(desk: Desk):
    email = (await signed_up(desk))["user"]["email"]
    guess = {"email": email, "password": "a wrong guess"}

    guesses = await asyncio.gather(*(desk.post(None, "/api/auth/login", guess) for _ in range(12)))

    late = [each for each in guesses if each.status_code != 401]
    assert len(late) >= 5
    for response in late:
        error = refused(response, 429, "rate_limited")
        assert error["retryable"]
        assert int(response.headers["retry-after"]) == error["fields"]["retry_after"] >= 1


async def test_a_refresh_token_is_traded_once_and_its_answer_can_be_asked_for_again(desk: Desk):
    grant = await signed_up(desk)
    old = {"refresh_token": grant["refresh_token"]}

    first = done(await desk.post(None, "/api/auth/refresh", old))
    lost = done(await desk.post(None, "/api/auth/refresh", old))

    assert first["refresh_token"] == lost["refresh_token"] != grant["refresh_token"]
    assert (await me(desk, first["access_token"])).status_code == 200
    refused(
        await desk.post(None, "/api/auth/refresh", {"refresh_token": "made-up"}),
        *(401, "unauthenticated"),
    )


async def test_after_log_out_no_token_is_worth_anything(desk: Desk):
    grant = await signed_up(desk)
    headers = {"Authorization": f"Bearer {grant['access_token']}"}

    out = await desk.post(None, "/api/auth/logout", headers=headers)

    assert (out.status_code, out.content) == (204, b"")
    refused(await me(desk, grant["access_token"]), 401, "unauthenticated")
    old = {"refresh_token": grant["refresh_token"]}
    refused(await desk.post(None, "/api/auth/refresh", old), 401, "unauthenticated")


async def test_who_logs_out_late_does_so_with_the_refresh_token(desk: Desk):
    grant = await signed_up(desk)
    expired = {"Authorization": "Bearer run-out"}
    old = {"refresh_token": grant["refresh_token"]}

    refused(await desk.post(None, "/api/auth/logout", headers=expired), 401, "unauthenticated")
    out = await desk.post(None, "/api/auth/logout", old, headers=expired)

    assert out.status_code == 204
    refused(await desk.post(None, "/api/auth/refresh", old), 401, "unauthenticated")


async def test_a_token_that_somebody_changed_is_no_token(desk: Desk):
    head, claims, mark = desk.tokens["client"].split(".")
    nobody = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    admin = json.loads(base64.urlsafe_b64decode(claims + "=="))
    admin["sub"] = desk.people["admin"]["id"]
    forged = base64.urlsafe_b64encode(json.dumps(admin).encode()).decode().rstrip("=")

    for token in (
        f"{nobody.decode().rstrip('=')}.{claims}.",
        f"{head}.{forged}.{mark}",
        f"{head}.{claims}.{mark[:-2]}xx",
        "x" * 10_000,
    ):
        refused(await me(desk, token), 401, "unauthenticated")


async def test_an_account_made_by_an_admin_must_choose_a_password_before_anything_else(desk: Desk):
    body = {"email": address(), "name": "New", "role": "agent"}
    made = done(await desk.post("admin", "/api/users", body), 201)
    temporary = made["temporary_password"]
    log_in = {"email": body["email"], "password": temporary}
    grant = done(await desk.post(None, "/api/auth/login", log_in))
    headers = {"Authorization": f"Bearer {grant['access_token']}"}

    assert grant["user"]["must_change_password"]
    error = refused(await desk.get(None, "/api/tickets", headers=headers), 403, "forbidden")
    assert error["fields"] == {"must_change_password": True}
    assert (await me(desk, grant["access_token"])).status_code == 200

    chosen = {"current": temporary, "new": PASSWORD}
    changed = await desk.post(None, "/api/auth/password", chosen, headers=headers)
    assert changed.status_code == 204
    done(await desk.get(None, "/api/tickets", headers=headers))


async def test_an_admin_lists_and_changes_users_and_a_closed_account_is_out_at_once(desk: Desk):
    grant = await signed_up(desk)
    user = grant["user"]["id"]

    pages = [done(await desk.get("admin", "/api/auth/users?limit=2"))]
    while pages[-1]["next"]:
        more = f"/api/auth/users?limit=2&after={pages[-1]['next']}"
        pages.append(done(await desk.get("admin", more)))
    listed = [each["user"]["id"] for page in pages for each in page["users"]]
    assert user in listed
    assert len(listed) == len(set(listed))

    change = {"user_id": user, "active": False}
    closed = done(await desk.post("admin", "/api/auth/update-user", change))
    assert closed["user"]["active"] is False
    refused(await me(desk, grant["access_token"]), 401, "unauthenticated")


async def test_an_admin_changes_role_and_teams_and_erases(desk: Desk):
    body = {"email": address(), "name": "Temp", "password": PASSWORD}
    made = done(await desk.post("admin", "/api/users", body), 201)
    path = f"/api/users/{made['user']['id']}"
    team = done(await desk.post("admin", "/api/teams", {"name": uuid4().hex}), 201)

    promoted = {"role": "agent", "team_ids": [team["id"]]}
    changed = done(await desk.put("admin", path, promoted))
    assert (changed["user"]["role"], changed["team_ids"]) == ("agent", [team["id"]])
    assert made["temporary_password"] is None

    assert (await desk.delete("admin", path)).status_code == 204
    assert body["email"] not in (await desk.get("admin", path)).text
    listed = done(await desk.get("admin", "/api/users?limit=100"))["items"]
    assert made["user"]["id"] not in [user["id"] for user in listed]
    assert desk.people["agent"]["id"] in [user["id"] for user in listed]
    assert done(await desk.get("admin", "/api/users?q=erased.invalid"))["items"] == []
    people = done(await desk.get("admin", f"/api/people?ids={made['user']['id']}"))["people"]
    assert people[made["user"]["id"]]["name"] == "Erased"
    gone = {"email": body["email"], "password": PASSWORD}
    refused(await desk.post(None, "/api/auth/login", gone), 401, "unauthenticated")


@pytest.mark.parametrize("who", ["client", "agent", "supervisor"])
async def test_who_is_no_admin_changes_nobody(desk: Desk, who: str):
    user = desk.people["stranger"]["id"]
    body = {"email": address(), "name": "Friend", "role": "admin"}

    refused(await desk.get(who, "/api/auth/users"), 403, "forbidden")
    refused(await desk.post(who, "/api/users", body), 403, "forbidden")
    refused(await desk.put(who, f"/api/users/{user}", {"role": "admin"}), 403, "forbidden")
    refused(await desk.delete(who, f"/api/users/{user}"), 403, "forbidden")
    promote = {"user_id": desk.people[who]["id"], "role": "admin"}
    refused(await desk.post(who, "/api/auth/update-user", promote), 403, "forbidden")


async def test_somebody_sees_and_ends_their_own_sessions_only(desk: Desk):
    grant = await signed_up(desk)
    log_in = {"email": grant["user"]["email"], "password": PASSWORD}
    other = done(
        await desk.post(None, "/api/auth/login", log_in, headers={"User-Agent": "A phone"})
    )
    headers = {"Authorization": f"Bearer {grant['access_token']}"}

    listed = done(await desk.get(None, "/api/auth/sessions", headers=headers))["items"]
    phone = next(each for each in listed if each["client"] == "A phone")
    assert [each["current"] for each in listed].count(True) == 1
    refused(await desk.delete("stranger", f"/api/auth/sessions/{phone['id']}"), 404, "not_found")

    ended = await desk.delete(None, f"/api/auth/sessions/{phone['id']}", headers=headers)
    assert ended.status_code == 204
    refused(await me(desk, other["access_token"]), 401, "unauthenticated")
    assert (await me(desk, grant["access_token"])).status_code == 200


async def test_a_guest_opens_a_ticket_and_finds_it_after_signing_up(desk: Desk):
    guest = done(await desk.post(None, "/api/auth/guest", {"name": "Visitor"}), 201)
    headers = {"Authorization": f"Bearer {guest['access_token']}"}
    body = {"title": "From the widget", "body": "b", "channel": "widget"}
    ticket = done(await desk.post(None, "/api/tickets", body, headers=headers), 201)
    assert guest["refresh_token"] is None

    grant = await signed_up(desk, guest_token=guest["access_token"])

    refused(await me(desk, guest["access_token"]), 401, "unauthenticated")
    known = {"Authorization": f"Bearer {grant['access_token']}"}
    seen = done(await desk.get(None, "/api/tickets", headers=known))["items"]
    assert [each["id"] for each in seen] == [ticket["id"]]


async def test_sign_up_can_be_closed_and_the_set_up_link_makes_one_admin(
    mongodb_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
):
    folder = tmp_path_factory.mktemp("closed")
    async with open_desk(
        mongodb_url, redis_url, folder, people=False, signup_enabled=False
    ) as desk:
        body = {"email": address(), "name": "Ann", "password": PASSWORD}
        refused(await desk.post(None, "/api/auth/signup", body), 403, "forbidden")

        token = await offer_setup(desk.parts.store, desk.parts.clock.now())
        setup = {**body, "token": token}
        refused(
            await desk.post(None, "/api/auth/setup", {**setup, "token": "guess"}), 403, "forbidden"
        )
        grant = done(await desk.post(None, "/api/auth/setup", setup), 201)

        assert grant["user"]["role"] == "admin"
        again = {**setup, "email": address()}
        refused(await desk.post(None, "/api/auth/setup", again), 403, "forbidden")
