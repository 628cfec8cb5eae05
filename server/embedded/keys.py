"""Order-preserving keys: comparing two keys as bytes compares the BSON values.

Every key is free of prefixes (none begins with another whole key), so that keys can be
joined into compound ones and inverted bit by bit for descending fields.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from decimal import Decimal
from math import inf, nextafter
from typing import Any

from bson import Int64, ObjectId
from bson.binary import Binary
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex
from bson.timestamp import Timestamp

from .documents import Missing, Value
from .errors import MongoError

# One byte a type, in MongoDB's order of types; true and false share theirs.
MINKEY, UNDEFINED, NULL, NUMBER, STRING, OBJECT, ARRAY, BINARY, OBJECTID, BOOL, DATE = (
    bytes([0x04 + 8 * n]) for n in range(11)
)
TIMESTAMP, REGEX, CODE, CODE_W_SCOPE, MAXKEY = (bytes([0x60 + 8 * n]) for n in range(5))
# Above every key that starts with what it is appended to: no type's byte is 0xff or, inverted, 0.
AFTER = b"\xff"
# The lowest number that is not NaN: where a range of numbers without a lower bound begins.
LOWEST_NUMBER = NUMBER + b"\x00" * 7 + b"\x01"

_INVERT = bytes(255 - n for n in range(256))
_EXACT_INT = 2**53
_DOUBLE = struct.Struct(">d")
_UINT64 = struct.Struct(">Q")
_UINT32 = struct.Struct(">I")
_TOP = 2**63
_ALL = 2**64 - 1


class Undefined:
    """What an index holds for an empty array."""


EMPTY_ARRAY = Undefined()


def descending(key: bytes) -> bytes:
    """The key that sorts the other way round."""
    return key.translate(_INVERT)


def key(value: Value) -> bytes:
    """The key of one BSON value: its type's byte, then its content."""
    encoder = _ENCODERS.get(value.__class__)
    if encoder is None:
        raise MongoError(2, f"cannot compare a value of type {value.__class__.__name__}")
    return encoder(value)


def is_nan(value: Value) -> bool:
    if value.__class__ is float:
        return value != value
    return value.__class__ is Decimal128 and value.to_decimal().is_nan()


def _ordered_double(value: float) -> bytes:
    (bits,) = _UINT64.unpack(_DOUBLE.pack(value))
    return _UINT64.pack(bits ^ _ALL if bits & _TOP else bits | _TOP)


def _int(value: int) -> bytes:
    if -_EXACT_INT <= value <= _EXACT_INT:
        return NUMBER + _ordered_double(float(value)) + b"\x00"
    return _exact(Decimal(int(value)))


def _float(value: float) -> bytes:
    if value != value:
        return NUMBER + b"\x00" * 9
    return NUMBER + _ordered_double(value + 0.0) + b"\x00"  # -0.0 + 0.0 is 0.0


def _decimal(value: Decimal128) -> bytes:
    number = value.to_decimal()
    if number.is_nan():
        return NUMBER + b"\x00" * 9
    return _exact(number)


def _exact(number: Decimal) -> bytes:
    """The greatest double that is not above the number, then what is left over, if anything."""
    try:
        floor = float(number)
    except OverflowError:
        floor = inf if number > 0 else -inf
    if Decimal(floor) == number:
        return NUMBER + _ordered_double(floor + 0.0) + b"\x00"
    if Decimal(floor) > number:
        floor = nextafter(floor, -inf)
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    magnitude = number.adjusted() + 0x8000
    assert isinstance(exponent, int)
    rest = struct.pack(">H", magnitude) + text.encode() + b"\x00"
    # More digits mean a lower number below zero, so the end byte is inverted as well.
    return NUMBER + _ordered_double(floor + 0.0) + b"\x01" + (descending(rest) if sign else rest)


def _text(value: str) -> bytes:
    raw = value.encode()
    if b"\x00" in raw or b"\x01" in raw:
        raw = raw.replace(b"\x01", b"\x01\x02").replace(b"\x00", b"\x01\x01")
    return raw + b"\x00"


def _str(value: str) -> bytes:
    return STRING + _text(value)


def string_prefix(value: str) -> bytes:
    """What the keys of all strings with this prefix start with."""
    return _str(value)[:-1]


def _object(value: dict[str, Any]) -> bytes:
    parts = [OBJECT]
    for name, item in value.items():
        inner = key(item)
        parts += (inner[:1], _text(name), inner[1:])
    parts.append(b"\x00")
    return b"".join(parts)


def _array(value: list[Any]) -> bytes:
    return ARRAY + b"".join(map(key, value)) + b"\x00"


def _binary(value: bytes) -> bytes:
    subtype = value.subtype if isinstance(value, Binary) else 0
    return BINARY + _UINT32.pack(len(value)) + bytes([subtype]) + value


def _code(value: Code) -> bytes:
    if value.scope is None:
        return CODE + _text(str(value))
    return CODE_W_SCOPE + _text(str(value)) + _object(dict(value.scope))


_FLAGS = (("i", 2), ("l", 4), ("m", 8), ("s", 16), ("u", 32), ("x", 64))


def regex_flags(value: Regex[Any]) -> str:
    return "".join(letter for letter, bit in _FLAGS if value.flags & bit)


def _regex(value: Regex[Any]) -> bytes:
    pattern = value.pattern
    text = pattern.decode() if isinstance(pattern, bytes) else pattern
    return REGEX + _text(text) + _text(regex_flags(value))


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: NULL,
    Missing: lambda _: NULL,
    Undefined: lambda _: UNDEFINED,
    bool: lambda value: BOOL + (b"\x01" if value else b"\x00"),
    int: _int,
    Int64: _int,
    float: _float,
    Decimal128: _decimal,
    str: _str,
    dict: _object,
    list: _array,
    bytes: _binary,
    Binary: _binary,
    ObjectId: lambda value: OBJECTID + value.binary,
    DatetimeMS: lambda value: DATE + _UINT64.pack(int(value) + _TOP),
    Timestamp: lambda value: TIMESTAMP + _UINT32.pack(value.time) + _UINT32.pack(value.inc),
    Regex: _regex,
    Code: _code,
    MinKey: lambda _: MINKEY,
    MaxKey: lambda _: MAXKEY,
}
