"""Dates in expressions, in UTC."""

from __future__ import annotations

import datetime as dt

from bson.datetime_ms import DatetimeMS

from .documents import Value, as_integer, type_name
from .errors import MongoError, not_supported

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FROM = 946_684_800_000  # Bins are counted from 2000-01-01.
_FIXED = {"millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def truncate(date: Value, unit: Value, bin_size: Value) -> DatetimeMS:
    """$dateTrunc: the start of the bin of `bin_size` units that the date is in."""
    size = as_integer(bin_size, "$dateTrunc binSize")
    if date.__class__ is not DatetimeMS or size <= 0:
        raise MongoError(
            5439012, f"$dateTrunc requires a date and a positive binSize, found {type_name(date)}"
        )
    if unit in _FIXED:
        step = _FIXED[unit] * size
        return DatetimeMS((int(date) - _FROM) // step * step + _FROM)
    if unit not in _MONTHS:
        raise not_supported(f"$dateTrunc by '{unit}'")
    try:
        moment = _EPOCH + dt.timedelta(milliseconds=int(date))
        step = _MONTHS[unit] * size
        months = ((moment.year - 2000) * 12 + moment.month - 1) // step * step
        start = dt.datetime(2000 + months // 12, months % 12 + 1, 1, tzinfo=dt.UTC)
    except (OverflowError, ValueError) as error:
        raise MongoError(18537, "the date is outside of the years 1 to 9999") from error
    return DatetimeMS((start - _EPOCH) // dt.timedelta(milliseconds=1))
