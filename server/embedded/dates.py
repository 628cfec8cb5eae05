"""Dates in expressions, in UTC: cutting to a unit and writing as text."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bson.datetime_ms import DatetimeMS

from .documents import Value, as_integer, type_name
from .errors import MongoError, not_supported

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_REFERENCE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_FIXED = {"millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def truncate(values: dict[str, Any]) -> DatetimeMS:
    """$dateTrunc: the start of the bin of `binSize` units, counted from 2000-01-01 UTC."""
    date = _date(values["date"], "$dateTrunc")
    unit, size = values["unit"], as_integer(values.get("binSize", 1), "$dateTrunc binSize")
    if size <= 0:
        raise MongoError(5439017, "$dateTrunc binSize must be positive")
    if unit in _FIXED:
        step = _FIXED[unit] * size
        start = _ms(_REFERENCE)
        return DatetimeMS((int(date) - start) // step * step + start)
    if unit in _MONTHS:
        moment = _moment(date)
        months = (moment.year - 2000) * 12 + moment.month - 1
        step = _MONTHS[unit] * size
        months = months // step * step
        return DatetimeMS(_ms(dt.datetime(2000 + months // 12, months % 12 + 1, 1, tzinfo=dt.UTC)))
    raise not_supported(f"$dateTrunc by '{unit}'")


_PARTS = {
    "%Y": lambda moment: f"{moment.year:04}",
    "%m": lambda moment: f"{moment.month:02}",
    "%d": lambda moment: f"{moment.day:02}",
    "%H": lambda moment: f"{moment.hour:02}",
    "%M": lambda moment: f"{moment.minute:02}",
    "%S": lambda moment: f"{moment.second:02}",
    "%L": lambda moment: f"{moment.microsecond // 1000:03}",
    "%j": lambda moment: f"{moment.timetuple().tm_yday:03}",
    "%%": lambda _: "%",
}


def to_text(values: dict[str, Any]) -> str:
    """$dateToString, in UTC."""
    moment = _moment(_date(values["date"], "$dateToString"))
    pattern = values.get("format", "%Y-%m-%dT%H:%M:%S.%LZ")
    if not isinstance(pattern, str):
        raise MongoError(18533, "$dateToString requires that 'format' be a string")
    text, position = "", 0
    while position < len(pattern):
        part = pattern[position : position + 2]
        if part[0] != "%":
            text, position = text + part[0], position + 1
            continue
        if part not in _PARTS:
            raise MongoError(18536, f"Invalid format character '{part}' in format string")
        text, position = text + _PARTS[part](moment), position + 2
    return text


def _date(value: Value, what: str) -> DatetimeMS:
    if value.__class__ is not DatetimeMS:
        raise MongoError(5439012, f"{what} requires a date, found {type_name(value)}")
    return value


def _ms(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(milliseconds=1)


def _moment(date: DatetimeMS) -> dt.datetime:
    try:
        return _EPOCH + dt.timedelta(milliseconds=int(date))
    except OverflowError as error:
        raise MongoError(18537, "the date is outside of the years 1 to 9999") from error
