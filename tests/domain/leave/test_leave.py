"""Who may note leave, and what can be one."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Conflict, Forbidden, Invalid
from domain.leave.commands import CreateLeave, DeleteLeave, FollowCalendar, UpdateLeave
from domain.leave.decide import decide
from domain.leave.facts import Facts
from domain.leave.state import LONGEST, Leave
from tests.domain.people.house import NOW, new_id, staff

HERE = Facts()
AGENT, SUPERVISOR = staff("agent"), staff("supervisor")


def noted(**fields: Any) -> CreateLeave:
    given = {"user_id": AGENT.id, "start": NOW, "end": NOW + 1, **fields}
    return CreateLeave.model_validate({"command_id": new_id(), **given})


def a_leave(**fields: Any) -> Leave:
    given = {"user_id": AGENT.id, "start": NOW, "end": NOW + 1, **fields}
    return Leave.model_validate({"id": new_id(), "version": 3, **given})


@pytest.mark.parametrize("actor", [AGENT, SUPERVISOR])
def test_one_notes_ones_own_leave_and_a_supervisor_everybodys(actor: Any):
    leave = decide(None, noted(note="  Fair "), actor, NOW, HERE)
    assert leave is not None
    assert (leave.user_id, leave.start, leave.note) == (AGENT.id, NOW, "Fair")


def test_nobody_notes_a_colleagues_leave_or_takes_it_away():
    other = staff("agent")
    with pytest.raises(Forbidden):
        decide(None, noted(), other, NOW, HERE)
    leave = a_leave()
    for command in (
        UpdateLeave(command_id=new_id(), leave_id=leave.id, note="x"),
        DeleteLeave(command_id=new_id(), leave_id=leave.id),
    ):
        with pytest.raises(Forbidden):
            decide(leave, command, other, NOW, HERE)


@pytest.mark.parametrize("end", [NOW, NOW - 1, NOW + LONGEST + 1])
def test_a_leave_ends_after_it_starts_and_within_two_years(end: int):
    with pytest.raises(Invalid):
        decide(None, noted(end=end), AGENT, NOW, HERE)


def test_only_who_works_here_has_leave():
    with pytest.raises(Invalid, match="Nobody works here"):
        decide(None, noted(), SUPERVISOR, NOW, Facts(works_here=False))


def test_a_calendar_has_no_times_of_its_own():
    follow = FollowCalendar(command_id=new_id(), user_id=AGENT.id, url="https://cal.example/a.ics")
    leave = decide(None, follow, AGENT, NOW, HERE)
    assert leave is not None
    assert leave.url == "https://cal.example/a.ics"
    dated = UpdateLeave(command_id=new_id(), leave_id=leave.id, start=NOW)
    with pytest.raises(Invalid):
        decide(leave, dated, AGENT, NOW, HERE)


@pytest.mark.parametrize("url", ["ftp://x.example/a", "https://ann:pw@x.example/a", "//x", "x"])
def test_an_address_is_of_the_web_and_names_no_password(url: str):
    with pytest.raises(ValueError, match="url"):
        FollowCalendar.model_validate({"command_id": "c", "user_id": AGENT.id, "url": url})


def test_who_is_out_of_date_is_told():
    leave = a_leave()
    stale = UpdateLeave(command_id=new_id(), leave_id=leave.id, version=2, note="x")
    with pytest.raises(Conflict):
        decide(leave, stale, AGENT, NOW, HERE)
