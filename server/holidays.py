"""The holidays of countries, from the package that knows them; loaded when first asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from domain.message import Id
from domain.notification.state import Language
from domain.sla.business import BusinessTime
from domain.sla.calendar import Calendar

BEHIND, AHEAD = 2, 3
"""So many years before and after this one are worked in."""
ENGLISH = "en_US"
"""What the names are in, where the package has them so."""


class Place(NamedTuple):
    """A country, or a part of one."""

    country: str
    subdivision: str | None


def years_around(year: int) -> tuple[int, ...]:
    """The years that a calendar knows its holidays of, as of one."""
    return tuple(range(year - BEHIND, year + AHEAD + 1))


async def holidays_of(
    place: Place, years: tuple[int, ...], language: Language = Language.EN
) -> dict[str, str] | None:
    """Their names by day, `2026-12-25`; None for a place that is not known.

    They are in English, or the country's own language, where the package has no others.
    """
    return await asyncio.to_thread(_holidays, place, years, language)


async def country_holidays(
    calendar: Calendar, year: int, language: Language = Language.EN
) -> dict[str, str] | None:
    """Those of a calendar's country, none without one; None where it is not known."""
    if calendar.country is None:
        return {}
    place = Place(calendar.country, calendar.subdivision)
    return await holidays_of(place, years_around(year), language)


async def countries() -> dict[str, list[str]]:
    """The countries that are known, and the parts of each."""
    return await asyncio.to_thread(_countries)


async def times_of(
    calendars: Iterable[Calendar], year: int, language: Language = Language.EN
) -> dict[Id, BusinessTime]:
    """The business time of calendars, by id; a country that is not known any more has none."""
    return {
        each.id: BusinessTime(each, await country_holidays(each, year, language) or {})
        for each in calendars
    }


@lru_cache(maxsize=256)
def _holidays(place: Place, years: tuple[int, ...], language: Language) -> dict[str, str] | None:
    import holidays  # Takes a fifth of a second, which only who needs it waits for.

    known = _countries().get(place.country)
    if known is None or (place.subdivision is not None and place.subdivision not in known):
        return None
    named = getattr(holidays, place.country).supported_languages
    spoken = [each for each in named if each.split("_")[0] == language.value]
    found = holidays.country_holidays(
        place.country,
        subdiv=place.subdivision,
        years=years,
        language=next(iter([*spoken, *(each for each in named if each == ENGLISH)]), None),
    )
    return {f"{day:%Y-%m-%d}": str(name) for day, name in sorted(found.items())}


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    import holidays

    return {
        code: sorted(parts)
        for code, parts in sorted(holidays.list_supported_countries(include_aliases=True).items())
        if len(code) == 2
    }
