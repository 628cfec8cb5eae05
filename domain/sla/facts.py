"""What `decide` must know beyond the calendar or policy; dispatch looks it up before it asks."""

from __future__ import annotations

from domain.message import Id, Record
from domain.sla.calendar import Calendar


class Facts(Record):
    """`country_holidays` are those of the country and subdivision that the calendar would have,
    by day, for this year and the next ones; None where there is no such country or subdivision.
    `calendar` is the one that the policy would go by, `lists_country` whether one is known at all.

    `category_ids`, `team_ids` and `staff_ids` are those of the named that are there;
    `needed_by` are the names of the policies that go by the calendar.
    """

    country_holidays: dict[str, str] | None = None
    calendar: Calendar | None = None
    category_ids: frozenset[Id] = frozenset()
    team_ids: frozenset[Id] = frozenset()
    staff_ids: frozenset[Id] = frozenset()
    needed_by: tuple[str, ...] = ()
