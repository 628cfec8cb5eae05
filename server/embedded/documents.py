"""BSON documents as plain dicts: decoding, encoding, limits, and values by path."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast

import bson
from bson import CodecOptions, Int64
from bson.codec_options import DatetimeConversion
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp

from .errors import MongoError, not_supported

Document = dict[str, Any]
# Any BSON value: what bson decodes to, and MISSING where the text says so.
Value = Any

MAX_DOCUMENT = 16 * 1024 * 1024
MAX_DEPTH = 100
INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

_OPTIONS: CodecOptions[Document] = CodecOptions(
    document_class=dict, datetime_conversion=DatetimeConversion.DATETIME_MS
)
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument, datetime_conversion=DatetimeConversion.DATETIME_MS
)


class Missing:
    """The value of a field that is not there; it is neither null nor undefined."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING = Missing()


def decode(raw: bytes) -> Document:
    """Decode BSON; numbers, dates and binaries keep their exact type."""
    try:
        if b"$ref\x00" in raw:  # bson would make a DBRef of {$ref, $id} and lose their order.
            return _plain(RawBSONDocument(raw, _RAW))
        return bson.decode(raw, _OPTIONS)  # pyright: ignore[reportUnknownMemberType]
    except RecursionError as error:
        raise too_deep() from error
    except (BSONError, ValueError, TypeError, IndexError, OverflowError) as error:
        raise MongoError(22, f"invalid BSON: {error}") from error


def decode_given(raw: bytes) -> Document:
    """Decode what a client sent; refuse what would not come back as it came.

    That is a name given twice, of which one value would be lost, and deprecated types.
    """
    document = decode(raw)
    if bson.encode(document, codec_options=_OPTIONS) != raw:
        raise MongoError(22, "a document with a name given twice, or with a deprecated type")
    return document


def _plain(raw: RawBSONDocument) -> Document:
    return {name: _plain_value(value) for name, value in raw.items()}


def _plain_value(value: Value) -> Value:
    if isinstance(value, RawBSONDocument):
        return _plain(value)
    if isinstance(value, list):
        return [_plain_value(item) for item in cast("list[Any]", value)]
    return value


def encode(document: Document) -> bytes:
    try:
        raw = bson.encode(document, codec_options=_OPTIONS)
    except RecursionError as error:
        raise too_deep() from error
    except (BSONError, ValueError, TypeError, OverflowError) as error:
        raise MongoError(2, f"cannot store this document: {error}") from error
    if len(raw) > MAX_DOCUMENT:
        raise too_large(len(raw))
    return raw


def too_large(size: int) -> MongoError:
    return MongoError(
        10334, f"BSONObj size: {size} is invalid. Size must be between 0 and {MAX_DOCUMENT}"
    )


def too_deep() -> MongoError:
    return MongoError(15, f"document exceeds maximum nested object depth: {MAX_DEPTH}")


def check_storable(document: Document, size: int) -> None:
    """Refuse what must not be stored: operators as field names, endless nesting.

    `size` is that of its BSON: what is small cannot be deep.
    """
    for name, value in document.items():
        if name.startswith("$"):
            raise dollar_prefixed(name)
        if value.__class__ is Timestamp and not value.time and not value.inc:
            raise not_supported("a timestamp to be filled in")
    if size > MAX_DEPTH * 8:
        _check_depth(document, 1)
    check_id(document.get("_id"))


def dollar_prefixed(name: str) -> MongoError:
    return MongoError(52, f"The dollar ($) prefixed field '{name}' is not valid for storage.")


def check_id(value: Value) -> None:
    """An `_id` is no array, no regular expression, and holds no operators."""
    kind = type_name(value)
    if kind in ("array", "regex", "undefined"):
        raise MongoError(53, f"The '_id' value cannot be of type {kind}")
    if kind == "object" and any(name.startswith("$") for name in cast("Document", value)):
        raise MongoError(52, "_id fields may not contain '$'-prefixed fields")


def _check_depth(value: Value, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise too_deep()
    items = cast("Document", value).values() if isinstance(value, dict) else value
    for item in items:
        if item.__class__ is dict or item.__class__ is list:
            _check_depth(item, depth + 1)


TYPE_NAMES = {
    "NoneType": "null",
    "bool": "bool",
    "float": "double",
    "str": "string",
    "dict": "object",
    "list": "array",
    "Int64": "long",
    "Decimal128": "decimal",
    "ObjectId": "objectId",
    "DatetimeMS": "date",
    "datetime": "date",
    "Timestamp": "timestamp",
    "Regex": "regex",
    "bytes": "binData",
    "Binary": "binData",
    "Code": "javascript",
    "MinKey": "minKey",
    "MaxKey": "maxKey",
    "Missing": "missing",
}


def type_name(value: Value) -> str:
    """The BSON type as `$type` names it."""
    kind: str = value.__class__.__name__
    if kind == "int":
        return "int" if INT32_MIN <= value <= INT32_MAX else "long"
    return TYPE_NAMES.get(kind, kind)


def is_number(value: Value) -> bool:
    return value.__class__ in (int, float, Int64, Decimal128)


def as_integer(value: Value, where: str) -> int:
    """A whole number from an int, long, or integral double; else BadValue."""
    whole = value.__class__ is float and value.is_integer()
    if whole or value.__class__ is int or value.__class__ is Int64:
        return int(value)
    raise MongoError(2, f"{where} must be a whole number, found {type_name(value)}")


def add(left: Value, right: Value) -> Value:
    """The sum of two numbers, in the wider of their types."""
    kinds = {left.__class__, right.__class__}
    if Decimal128 in kinds:
        raise not_supported("arithmetic with decimals")
    if float in kinds:
        return float(left) + float(right)
    result = int(left) + int(right)
    if not INT64_MIN <= result <= INT64_MAX:
        raise MongoError(2, "the sum is beyond 64 bits")
    return Int64(result) if Int64 in kinds else result


def now_ms() -> DatetimeMS:
    return DatetimeMS(int(time.time() * 1000))


def split_path(path: str) -> tuple[str, ...]:
    """A dotted path as its parts; an empty part is refused."""
    parts = tuple(path.split("."))
    if "" in parts:
        raise MongoError(56, f"FieldPath '{path}' has an empty field name")
    if len(parts) > MAX_DEPTH * 2:
        raise too_deep()
    return parts


def index_of(name: str) -> int | None:
    """The place in an array that a part of a path names; `01` and the like name none."""
    if name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") and len(name) < 10:
        return int(name)
    return None


def walk(value: Value, parts: tuple[str, ...], start: int = 0) -> Iterator[Any]:
    """Every value that a query path reaches, through the arrays on its way.

    An object without the field, or a scalar in its place, yields MISSING; elements of an
    array that are no objects yield nothing, and arrays directly in arrays are not entered.
    An array found by its number in another comes as a tuple of one: it counts as a whole.
    """
    for position in range(start, len(parts)):
        name = parts[position]
        if value.__class__ is dict:
            value = value.get(name, MISSING)
        elif value.__class__ is list:
            if (index := index_of(name)) is not None and index < len(value):
                whole = position + 1 == len(parts) and value[index].__class__ is list
                yield from [(value[index],)] if whole else walk(value[index], parts, position + 1)
            for item in value:
                if item.__class__ is dict:
                    yield from walk(item, parts, position)
            return
        else:
            yield MISSING
            return
    yield value
