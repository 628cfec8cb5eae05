"""Calendars and policies as documents: what is refused, and in which words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.sla.calendar import Calendar
from domain.sla.commands import (
    CreateCalendar,
    CreatePolicy,
    DeleteCalendar,
    DeletePolicy,
    UpdateCalendar,
    UpdatePolicy,
)
from domain.sla.decide import decide
from domain.sla.facts import Facts
from domain.sla.policy import Policy
from tests.domain.desk import uid
from tests.domain.people.house import MACHINE, new_id, staff
from tests.domain.sla.hours import OFFICE, at, calendar, hours
from tests.domain.sla.promises import OPEN_HOURS, policy, targets

ADMIN, AGENT = staff("admin"), staff("agent")
NOW = at("2026-11-23T10:00")
OPEN = {"days": OFFICE.split(), "start": "09:00", "end": "17:00"}
KNOWN = Facts(
    calendar=calendar(OPEN_HOURS),
    country_holidays={},
    category_ids=frozenset({uid("billing")}),
    team_ids=frozenset({uid("first")}),
    staff_ids=frozenset({uid("sue")}),
)


def make_calendar(facts: Facts | None = None, **fields: Any) -> Calendar:
    given = {"command_id": new_id(), "name": "Office", "hours": [OPEN], **fields}
    made = decide(None, CreateCalendar.model_validate(given), ADMIN, NOW, facts or Facts())
    assert isinstance(made, Calendar)
    return made


def make_policy(facts: Facts = KNOWN, **fields: Any) -> Policy:
    given = {
        "command_id": new_id(),
        "name": "Everybody",
        "calendar_id": uid("calendar"),
        "targets": {"medium": {"first_response": 60}},
        **fields,
    }
    made = decide(None, CreatePolicy.model_validate(given), ADMIN, NOW, facts)
    assert isinstance(made, Policy)
    return made


def test_an_admin_makes_a_calendar_and_a_policy():
    made = make_calendar(zone="Europe/Madrid", holidays=[{"date": "2026-12-24", "name": "Eve"}])
    assert (made.zone, made.hours[0].start, made.version) == ("Europe/Madrid", "09:00", 0)
    promised = make_policy(warn_at=[80, 50, 80])
    assert promised.warn_at == (50, 80)


def test_an_agent_makes_none():
    for command in (
        CreateCalendar.model_validate({"command_id": new_id(), "name": "x", "hours": [OPEN]}),
        DeletePolicy(command_id=new_id(), policy_id=new_id()),
    ):
        with pytest.raises(Forbidden):
            decide(None, command, AGENT, NOW, Facts())


ALL_WEEK = {"days": [*OFFICE.split(), "sat", "sun"], "start": "00:00", "end": "00:00"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hours": []}, "without hours"),
        (
            {"hours": [OPEN, {**OPEN, "days": ["wed"], "start": "16:00", "end": "18:00"}]},
            "overlap on wed: 09:00–17:00 and 16:00–18:00",
        ),
        ({"hours": [ALL_WEEK, OPEN]}, "overlap on mon"),
        (
            {
                "hours": [
                    {"days": ["sun"], "start": "22:00", "end": "10:00"},
                    {"days": ["mon"], "start": "09:00", "end": "17:00"},
                ]
            },
            "overlap on mon: 00:00–10:00 and 09:00–17:00",
        ),
        (
            {"holidays": [{"date": "2026-12-24", "name": name} for name in ("Eve", "Again")]},
            "2026-12-24 is named twice",
        ),
        ({"subdivision": "VC"}, "country too"),
        ({"country": "XX"}, "holidays of XX are not known"),
        ({"country": "ES", "subdivision": "QQ"}, "holidays of ES QQ are not known"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(fields: dict[str, Any], words: str):
    with pytest.raises(Invalid, match=words) as refused:
        make_calendar(**fields)
    assert refused.value.fields


def test_a_calendar_that_is_closed_all_the_year_is_refused():
    sundays = {"days": ["sun"], "start": "09:00", "end": "12:00"}
    holidays = [
        {"date": f"{day:%Y-%m-%d}", "name": "Sunday"} for day in _sundays_from("2026-11-29", 54)
    ]
    with pytest.raises(Invalid, match="closed for the whole"):
        make_calendar(hours=[sundays], holidays=holidays)
    assert make_calendar(hours=[sundays], holidays=holidays[1:])


def _sundays_from(first: str, many: int) -> list[date]:
    return [date.fromisoformat(first) + timedelta(weeks=week) for week in range(many)]


def test_a_country_that_is_known_is_taken():
    made = make_calendar(Facts(country_holidays={"2026-12-25": "Christmas Day"}), country="ES")
    assert made.country == "ES"


@pytest.mark.parametrize(
    ("fields", "words", "path"),
    [
        (
            {"targets": {"medium": {"first_response": 0}}},
            "no time",
            "targets.medium.first_response",
        ),
        ({"targets": {}}, "promises something", "targets"),
        ({"targets": {"medium": {}}}, "promises something", "targets"),
        (
            {"targets": {"low": {"resolution": 300_000}}},
            "not over within a year",
            "targets.low.resolution",
        ),
        ({"category_ids": [uid("nothing")]}, "no such category", "category_ids"),
        ({"team_ids": [uid("nobody")]}, "no such team", "team_ids"),
        ({"ladder": [{"act": "notify"}]}, "one of the two", "ladder.0"),
        (
            {"ladder": [{"act": "notify", "percent": 90, "minutes_after": 5}]},
            "one of the two",
            "ladder.0",
        ),
        (
            {"ladder": [{"act": "notify", "percent": 90, "notify": [uid("carl")]}]},
            "no such agent",
            "ladder.0",
        ),
        (
            {"ladder": [{"act": "notify", "percent": 90, "agent_id": uid("sue")}]},
            "Only a supervisor",
            "ladder.0.agent_id",
        ),
        (
            {"ladder": [{"act": "notify", "percent": 90, "team_id": uid("first")}]},
            "Only reassigning",
            "ladder.0.team_id",
        ),
    ],
)
def test_a_policy_that_nobody_can_meet_or_follow_is_refused(
    fields: dict[str, Any], words: str, path: str
):
    with pytest.raises(Invalid, match=words) as refused:
        make_policy(**fields)
    assert list(refused.value.fields) == [path]


def test_a_policy_without_its_calendar_is_refused():
    with pytest.raises(Invalid, match="no such calendar"):
        make_policy(Facts())


def test_a_change_names_what_changes_and_is_judged_as_a_whole():
    before = calendar(OPEN_HOURS, zone="Europe/Madrid", country="ES", subdivision="VC")
    change = {"command_id": new_id(), "calendar_id": before.id}
    spanish = Facts(country_holidays={})
    renamed = UpdateCalendar.model_validate({**change, "name": "Shop"})
    after = decide(before, renamed, ADMIN, NOW, spanish)
    assert after == before.model_copy(update={"name": "Shop"})
    nowhere = UpdateCalendar.model_validate({**change, "country": None})
    with pytest.raises(Invalid, match="country too"):
        decide(before, nowhere, ADMIN, NOW, Facts())
    closed = UpdatePolicy.model_validate(
        {"command_id": new_id(), "policy_id": policy().id, "targets": {"low": targets(0, 0, 0)}}
    )
    with pytest.raises(Invalid, match="no time"):
        decide(policy(), closed, ADMIN, NOW, KNOWN)


def test_a_calendar_that_policies_go_by_stays():
    delete = DeleteCalendar(command_id=new_id(), calendar_id=uid("calendar"))
    before = calendar(hours(OFFICE, "09:00", "17:00"))
    with pytest.raises(Conflict, match="Everybody"):
        decide(before, delete, ADMIN, NOW, Facts(needed_by=("the policy 'Everybody'",)))
    assert decide(before, delete, MACHINE, NOW, Facts()) is None
    with pytest.raises(NotFound):
        decide(None, delete, ADMIN, NOW, Facts())


def test_what_is_out_of_date_is_not_changed():
    late = UpdatePolicy(command_id=new_id(), policy_id=policy().id, version=7, position=3)
    with pytest.raises(Conflict, match="meanwhile"):
        decide(policy(), late, ADMIN, NOW, KNOWN)
