"""Who is told of what happens to a ticket, and when a mail of it may come."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from domain.approval.state import Approval, Level
from domain.message import ActorKind, ActorRef
from domain.notification.state import (
    Channels,
    Digest,
    NoticeKind,
    Preferences,
    QuietHours,
)
from domain.notification.telling import PUSHED, calls_supervisors, channels_of, mail_at, told_by
from domain.ticket.state import StaffPart, Status, Ticket

ANN, BOB, CLEO, SAM, TICKET = (str(uuid4()) for _ in range(5))
MINUTE, HOUR = 60_000, 3_600_000


LEVELS = [{"approver_ids": [BOB], "rule": "all"}, {"approver_ids": [ANN], "rule": "any"}]


def ticket(**fields: Any) -> Ticket:
    levels = tuple(Level.model_validate(each) for each in LEVELS)
    private = StaffPart(approval=Approval(seq=4, levels=levels))
    fields = {"owner_id": ANN, **fields}
    return Ticket(id=TICKET, seq=5, number=7, requester_id=CLEO, private=private, **fields)


def agent(identity: str) -> ActorRef:
    return ActorRef(kind=ActorKind.AGENT, id=identity)


CLIENT = ActorRef(kind=ActorKind.CLIENT, id=CLEO)
MACHINE = ActorRef(kind=ActorKind.SYSTEM, id="process")


def told(actor: ActorRef, *events: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    """Who is told of what, by kind and recipient; Sam supervises."""
    about = ticket(**fields)
    above = [SAM] if calls_supervisors(about, events) else []
    return [(each.kind.value, each.recipient) for each in told_by(about, events, actor, above)]


def assigned(agent_id: str | None, before: str | None = None) -> dict[str, Any]:
    return {"type": "ticket.assigned", "agent_id": agent_id, "before_agent_id": before}


def moved(status: Status, cause: str = "person") -> dict[str, Any]:
    return {"type": "ticket.status_changed", "status": status.value, "cause": cause}


def sla(what: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"ticket.sla_{what}", "metric": "first_response", **fields}


def approval(what: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"ticket.approval_{what}", **fields}


def said(
    author: ActorRef, *mentions: str, visibility: str = "public", whisper: bool = False
) -> dict[str, Any]:
    return {
        "type": "message.posted",
        "message_id": "m",
        "visibility": visibility,
        "author": author.model_dump(mode="json"),
        "mentions": list(mentions),
        "whisper": whisper,
    }


@pytest.mark.parametrize(
    ("actor", "event", "who"),
    [
        (agent(BOB), assigned(ANN), [("assigned", ANN)]),
        (MACHINE, assigned(ANN), [("assigned", ANN)]),
        (agent(ANN), assigned(ANN), []),  # Who takes it knows it.
        (agent(BOB), assigned(None, ANN), []),
        (agent(BOB), assigned(ANN, ANN), []),  # Only its team changed.
        (agent(BOB), moved(Status.IN_PROGRESS), [("status", ANN)]),
        (agent(BOB), moved(Status.RESOLVED), [("status", ANN), ("status", CLEO)]),
        (agent(ANN), moved(Status.RESOLVED), [("status", CLEO)]),
        (CLIENT, moved(Status.RESOLVED), [("status", ANN)]),
        (CLIENT, moved(Status.OPEN, "reply"), []),  # The answer says so.
        (MACHINE, moved(Status.CLOSED, "quiet"), []),
        (CLIENT, said(CLIENT), [("answered", ANN)]),
        (agent(ANN), said(agent(ANN)), [("answered", CLEO)]),
        (agent(BOB), said(agent(BOB), visibility="private"), []),
        (agent(BOB), said(agent(BOB), ANN, BOB, visibility="private"), [("mentioned", ANN)]),
        (MACHINE, {"type": "ticket.offered", "agent_id": BOB}, [("offered", BOB)]),
        (MACHINE, sla("warned", percent=75), [("sla_warned", ANN)]),
        (MACHINE, sla("breached"), [("sla_breached", ANN)]),
        (
            MACHINE,
            sla("escalated", act="notify", notify=[BOB]),
            [("sla_escalated", BOB), ("sla_escalated", ANN)],
        ),
        (MACHINE, sla("escalated", act="raise_priority", notify=[]), [("sla_escalated", ANN)]),
        (
            MACHINE,
            sla("escalated", act="supervisor", notify=[]),
            [("sla_escalated", ANN), ("sla_escalated", SAM)],
        ),
        (agent(BOB), said(agent(BOB), visibility="private", whisper=True), [("whispered", ANN)]),
        (MACHINE, approval("asked", levels=LEVELS), [("approval_asked", BOB)]),
        (MACHINE, approval("reminded", approver_ids=[BOB]), [("approval_asked", BOB)]),
        (MACHINE, approval("delegated", from_id=ANN, to_id=BOB), [("approval_asked", BOB)]),
        (agent(BOB), approval("decided", level=0, next_level=0), []),
        (agent(BOB), approval("decided", level=0, next_level=1), [("approval_asked", ANN)]),
        (agent(ANN), approval("decided", level=1, next_level=2), []),
        (agent(BOB), approval("changed", approval="waiting"), []),
        (
            agent(BOB),
            approval("changed", approval="approved"),
            [("approval_decided", ANN), ("approval_decided", CLEO)],
        ),
        (MACHINE, {"type": "ticket.of_a_newer_release"}, []),
    ],
)
def test_those_are_told_whom_it_concerns_and_never_who_did_it(
    actor: ActorRef, event: dict[str, Any], who: list[tuple[str, str]]
):
    assert told(actor, event) == who


def test_a_broken_promise_about_what_nobody_has_is_told_to_who_supervises():
    assert told(MACHINE, sla("breached"), owner_id=None) == [("sla_breached", SAM)]
    assert told(MACHINE, sla("warned", percent=75), owner_id=None) == []


def test_a_rung_that_gives_the_ticket_to_somebody_calls_nobody_else():
    rung = sla("escalated", act="supervisor", notify=[])
    assert told(MACHINE, rung, assigned(BOB, ANN), owner_id=BOB) == [
        ("sla_escalated", BOB),
        ("assigned", BOB),
    ]


def test_that_a_ticket_was_opened_is_told_to_nobody_but_who_is_mentioned():
    opened = {"type": "ticket.opened"}

    assert told(CLIENT, opened, said(CLIENT)) == []
    assert told(agent(BOB), opened, said(agent(BOB), ANN)) == [("mentioned", ANN)]


def test_who_is_refused_hears_the_reason_once_and_who_is_relieved_that_they_were():
    closed = moved(Status.CLOSED)
    refused = approval("changed", approval="refused")
    supervised = {"type": "ticket.supervised", "kind": "take_over"}

    assert told(agent(BOB), refused, closed) == [
        ("approval_decided", ANN),
        ("approval_decided", CLEO),
        ("status", ANN),
    ]
    assert told(agent(BOB), supervised, assigned(BOB, ANN)) == [("taken_over", ANN)]
    assert told(agent(BOB), assigned(BOB, ANN)) == []


def test_a_client_hears_that_a_ticket_was_closed_which_waited_for_approval():
    closed = {"type": "ticket.status_changed", "status": "closed", "cause": "person"}
    withdrawn = approval("changed", approval=None)
    assert told(agent(BOB), closed, withdrawn) == [("status", ANN), ("status", CLEO)]


def test_a_ticket_of_nobody_tells_nobody_that_the_client_answered():
    unowned = ticket().model_copy(update={"owner_id": None})

    assert told_by(unowned, [said(CLIENT)], CLIENT) == ()


def test_each_is_told_once_a_kind():
    assert told(CLIENT, said(CLIENT), said(CLIENT)) == [("answered", ANN)]


def test_what_somebody_chose_holds_and_all_else_is_as_for_everybody():
    chosen = Preferences(id=ANN, channels={NoticeKind.ASSIGNED: Channels(in_app=False, mail=False)})

    assert channels_of(chosen, NoticeKind.ASSIGNED, client=False) == Channels(
        in_app=False, mail=False, push=True
    )
    assert channels_of(chosen, NoticeKind.MENTIONED, client=False).mail
    assert not channels_of(None, NoticeKind.STATUS, client=False).mail
    assert channels_of(None, NoticeKind.STATUS, client=True).mail


def test_staff_are_pushed_what_cannot_wait_and_clients_nothing():
    pushed = [each for each in NoticeKind if channels_of(None, each, client=False).push]
    assert set(pushed) == PUSHED
    assert not any(channels_of(None, each, client=True).push for each in NoticeKind)
    silent = Channels(in_app=True, mail=True, push=False)
    chosen = Preferences(id=ANN, channels={NoticeKind.OFFERED: silent})
    assert not channels_of(chosen, NoticeKind.OFFERED, client=False).push


def at(wall: str, zone: str = "Europe/Madrid") -> int:
    return int(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def wants(**fields: Any) -> Preferences:
    return Preferences(id=ANN, **fields)


NIGHT = QuietHours(start="22:00", end="07:00")


@pytest.mark.parametrize(
    ("preferences", "earliest", "comes"),
    [
        (None, "2026-03-10 23:00", "2026-03-10 23:00"),
        (wants(quiet=NIGHT), "2026-03-10 21:59", "2026-03-10 21:59"),
        (wants(quiet=NIGHT), "2026-03-10 22:00", "2026-03-11 07:00"),
        (wants(quiet=NIGHT), "2026-03-11 06:59", "2026-03-11 07:00"),
        (wants(quiet=NIGHT), "2026-03-11 07:00", "2026-03-11 07:00"),
        # The nights in which the clocks are changed end at seven all the same.
        (wants(quiet=NIGHT), "2026-03-28 23:00", "2026-03-29 07:00"),
        (wants(quiet=NIGHT), "2026-10-24 23:00", "2026-10-25 07:00"),
        (wants(digest=Digest.HOURLY), "2026-03-10 09:01", "2026-03-10 10:00"),
        (wants(digest=Digest.HOURLY), "2026-03-10 10:00", "2026-03-10 10:00"),
        (wants(digest=Digest.HOURLY, quiet=NIGHT), "2026-03-10 21:30", "2026-03-11 07:00"),
        (wants(digest=Digest.DAILY), "2026-03-10 08:00", "2026-03-10 08:00"),
        (wants(digest=Digest.DAILY), "2026-03-10 08:01", "2026-03-11 08:00"),
        (wants(digest=Digest.DAILY), "2026-03-28 12:00", "2026-03-29 08:00"),
    ],
)
def test_a_mail_waits_for_the_digest_and_for_the_end_of_quiet_hours(
    preferences: Preferences | None, earliest: str, comes: str
):
    assert mail_at(preferences, "Europe/Madrid", at(earliest)) == at(comes)


def test_the_zone_of_the_preferences_goes_before_that_of_the_account():
    there = wants(quiet=NIGHT, zone="Asia/Tokyo")
    noon = at("2026-03-10 12:00", "UTC")  # Nine in the evening in Tokyo.

    assert mail_at(there, "UTC", noon) == noon
    assert mail_at(there, "UTC", noon + 2 * HOUR) == noon + 10 * HOUR


def test_hours_that_never_end_are_refused():
    with pytest.raises(ValidationError, match="never end"):
        QuietHours(start="22:00", end="22:00")
