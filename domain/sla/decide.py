"""What a command makes of a calendar or a policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from domain.access import Actor, Permission
from domain.document import Change, Document, edited, present, require
from domain.errors import Conflict, Flaw, Invalid
from domain.message import Id, Millis
from domain.sla.business import DAY, BusinessTime
from domain.sla.calendar import Calendar, check_hours
from domain.sla.commands import (
    CreateCalendar,
    CreatePolicy,
    DeleteCalendar,
    DeletePolicy,
    UpdateCalendar,
    UpdatePolicy,
)
from domain.sla.events import Act
from domain.sla.facts import Facts
from domain.sla.policy import Policy, Rung
from domain.sla.state import Metric

YEAR: Millis = 366 * DAY
"""What is not over within this is promised to nobody."""
CALENDAR = ("name", "zone", "hours", "holidays", "country", "subdivision", "worked")
POLICY = (
    *("name", "calendar_id", "position", "active", "priorities", "category_ids", "team_ids"),
    *("contact_tags", "targets", "warn_at", "ladder"),
)


def decide(
    before: Document | None, command: Change, actor: Actor, now: Millis, facts: Facts
) -> Document | None:
    """The document after a command, None where it shall be no more; raises DomainError.

    What comes back equal to `before` changes nothing. A new document has version 0.
    """
    require(actor, Permission.SETTINGS_MANAGE)
    match command:
        case CreateCalendar() | UpdateCalendar() | DeleteCalendar():
            if before is None or isinstance(before, Calendar):
                return _decide_calendar(before, command, actor, now, facts)
        case CreatePolicy() | UpdatePolicy() | DeletePolicy():
            if before is None or isinstance(before, Policy):
                return _decide_policy(before, command, actor, now, facts)
        case _:
            pass
    raise TypeError(f"{command.type} is not about a {type(before).__name__}")


def _decide_calendar(
    before: Calendar | None,
    command: CreateCalendar | UpdateCalendar | DeleteCalendar,
    actor: Actor,
    now: Millis,
    facts: Facts,
) -> Calendar | None:
    if isinstance(command, DeleteCalendar):
        present(before, command)
        if facts.needed_by:
            raise Conflict(
                f"It is needed by {', '.join(facts.needed_by)}.",
                fields={"needed_by": list(facts.needed_by)},
            )
        return None
    if isinstance(command, CreateCalendar):
        fields = {name: getattr(command, name) for name in CALENDAR}
        after = Calendar(id=command.document_id(actor.id), **fields)
    else:
        empties = ("country", "subdivision")
        after = edited(present(before, command), command, CALENDAR, empties)
    _check_calendar(after, now, facts)
    return after


def _check_calendar(calendar: Calendar, now: Millis, facts: Facts) -> None:
    check_hours(calendar.hours)
    days = [each.date for each in calendar.holidays]
    if twice := sorted({day for day in days if days.count(day) > 1}):
        raise Invalid(f"{twice[0]} is named twice.", fields={"holidays": Flaw.TWICE})
    if calendar.country is None and calendar.subdivision is not None:
        raise Invalid("Name its country too.", fields={"country": Flaw.MISSING})
    if calendar.country is not None and facts.country_holidays is None:
        place = " ".join(filter(None, (calendar.country, calendar.subdivision)))
        raise Invalid(f"The holidays of {place} are not known.", fields={"country": Flaw.UNKNOWN})
    if BusinessTime(calendar, facts.country_holidays or {}).between(now, now + YEAR) == 0:
        raise Invalid(
            "This calendar is closed for the whole of the coming year.",
            fields={"hours": Flaw.NEVER_OPEN},
        )


def _decide_policy(
    before: Policy | None,
    command: CreatePolicy | UpdatePolicy | DeletePolicy,
    actor: Actor,
    now: Millis,
    facts: Facts,
) -> Policy | None:
    if isinstance(command, DeletePolicy):
        present(before, command)
        return None
    if isinstance(command, CreatePolicy):
        fields = {name: getattr(command, name) for name in POLICY}
        after = Policy(id=command.document_id(actor.id), **fields)
    else:
        after = edited(present(before, command), command, POLICY)
    check_policy(after, now, facts)
    return after.model_copy(update={"warn_at": tuple(sorted(set(after.warn_at)))})


def check_policy(policy: Policy, now: Millis, facts: Facts) -> None:
    """Raise Invalid for a policy that names what is not there, or that nobody could meet."""
    if facts.calendar is None:
        raise Invalid("There is no such calendar.", fields={"calendar_id": Flaw.UNKNOWN})
    _check_known("category_ids", policy.category_ids, facts.category_ids, "category")
    _check_known("team_ids", policy.team_ids, facts.team_ids, "team")
    for place, rung in enumerate(policy.ladder):
        _check_rung(place, rung, facts)
    _check_targets(policy, BusinessTime(facts.calendar, facts.country_holidays or {}), now)


def _check_targets(policy: Policy, time: BusinessTime, now: Millis) -> None:
    promised = 0
    for priority, targets in policy.targets.items():
        for metric in Metric:
            target = targets.of(metric)
            if target is None:
                continue
            promised += 1
            path = f"targets.{priority.value}.{metric.value}"
            if target == 0:
                raise Invalid("Nobody can meet a target of no time.", fields={path: Flaw.NO_TIME})
            due = time.add(now, target)
            if due is None or due > now + YEAR:
                raise Invalid(
                    "With this calendar, that is not over within a year.",
                    fields={path: Flaw.OVER_A_YEAR},
                )
    if not promised:
        raise Invalid(
            "A policy promises something: give a target.", fields={"targets": Flaw.NO_TARGET}
        )


def _check_rung(place: int, rung: Rung, facts: Facts) -> None:
    path = f"ladder.{place}"
    if (rung.percent is None) == (rung.minutes_after is None):
        raise Invalid(
            "A rung is at a percentage or at minutes after the breach, one of the two.",
            fields={path: Flaw.ONE_OF_TWO},
        )
    if rung.agent_id is not None and rung.act is not Act.SUPERVISOR:
        raise Invalid(
            "Only a supervisor is handed the ticket by name.",
            fields={f"{path}.agent_id": Flaw.NOT_FOR_THIS},
        )
    if rung.team_id is not None and rung.act is not Act.REASSIGN:
        raise Invalid(
            "Only reassigning names a team.", fields={f"{path}.team_id": Flaw.NOT_FOR_THIS}
        )
    named = [*rung.notify, *([rung.agent_id] if rung.agent_id else [])]
    _check_known(path, named, facts.staff_ids, "agent")
    _check_known(f"{path}.team_id", [rung.team_id] if rung.team_id else [], facts.team_ids, "team")


def _check_known(path: str, named: Iterable[Id], known: Collection[Id], noun: str) -> None:
    if any(each not in known for each in named):
        raise Invalid(f"There is no such {noun}.", fields={path: Flaw.UNKNOWN})
