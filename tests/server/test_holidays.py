"""The holidays of countries, and of their parts."""

from __future__ import annotations

from domain.notification.state import Language
from server.holidays import Place, countries, country_holidays, holidays_of, years_around
from tests.domain.sla.hours import OFFICE, calendar, hours


async def test_a_country_and_its_parts_have_theirs():
    spain = await holidays_of(Place("ES", None), (2026,))
    valencia = await holidays_of(Place("ES", "VC"), (2026,))
    assert spain is not None
    assert valencia is not None
    assert spain["2026-12-25"] == "Christmas Day"
    assert "2026-10-09" not in spain
    assert valencia["2026-10-09"] == "Valencian Community Day"


async def test_they_are_named_in_a_readers_language_where_the_package_speaks_it():
    year = (2026,)
    spain = await holidays_of(Place("ES", None), year, Language.ES)
    dutch = await holidays_of(Place("NL", None), year, Language.ES)
    assert spain is not None
    assert dutch is not None
    assert spain["2026-12-25"] == "Natividad del Señor"
    assert dutch["2026-12-25"] == "Christmas Day"
    in_english = await holidays_of(Place("ES", None), year)
    assert in_english is not None
    assert spain.keys() == in_english.keys()


async def test_a_place_that_nobody_knows_has_none():
    for place in (
        Place("XX", None),
        Place("ES", "QQ"),
        Place("es", None),
        Place("HolidayBase", None),
    ):
        assert await holidays_of(place, (2026,)) is None


async def test_what_can_be_named_is_listed():
    known = await countries()
    assert len(known) > 150
    assert "VC" in known["ES"]


async def test_a_calendar_without_a_country_has_its_own_only():
    assert await country_holidays(calendar(hours(OFFICE, "09:00", "17:00")), 2026) == {}
    assert years_around(2026) == (2024, 2025, 2026, 2027, 2028, 2029)
