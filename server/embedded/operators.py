"""What each update operator makes of the value it finds; MISSING stands for no value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .arithmetic import add, fits
from .documents import MISSING, Document, Value, as_integer, is_number, type_name
from .errors import MongoError, not_supported
from .keys import key
from .leaves import is_operators
from .matcher import compile_filter, element_test

# The new value of the old one; MISSING as a result leaves the field as it is.
Change = Callable[[Any], Any]


class _Remove:
    """As a result: take the field away."""


REMOVE = _Remove()


def _set(argument: Value) -> Change:
    return lambda _: argument


def _unset(_: Value) -> Change:
    return lambda current: MISSING if current is MISSING else REMOVE


def _inc(argument: Value) -> Change:
    if not is_number(argument):
        raise MongoError(14, f"Cannot increment with non-numeric argument: {argument!r}")

    def change(current: Value) -> Value:
        if current is MISSING:
            return argument
        if not is_number(current):
            kind = type_name(current)
            raise MongoError(14, f"Cannot apply $inc to a value of non-numeric type {kind}")
        result = add(current, argument)
        if not fits(result):
            raise MongoError(2, "Failed to apply $inc: the result is beyond 64 bits")
        return result

    return change


def _extreme(higher: bool) -> Callable[[Any], Change]:
    def build(argument: Value) -> Change:
        wanted = key(argument)

        def change(current: Value) -> Value:
            if current is MISSING or (wanted != key(current) and (wanted > key(current)) is higher):
                return argument
            return MISSING

        return change

    return build


def _list_of(current: Value, name: str) -> list[Any]:
    if current is MISSING:
        return []
    if current.__class__ is not list:
        raise MongoError(2, f"Cannot apply {name} to a field of type {type_name(current)}")
    return list(current)


def _each(argument: Value, allowed: set[str], name: str) -> tuple[list[Any], Document]:
    """The values to add and the modifiers given with `$each`."""
    if argument.__class__ is not dict or "$each" not in argument:
        return [argument], {}
    for modifier in argument:
        if modifier not in allowed:
            raise MongoError(2, f"Unrecognized clause in {name}: {modifier}")
    if argument["$each"].__class__ is not list:
        raise MongoError(2, f"The argument to $each in {name} must be an array")
    return argument["$each"], argument


def _push(argument: Value) -> Change:
    for modifier in ("$sort", "$position"):
        if argument.__class__ is dict and "$each" in argument and modifier in argument:
            raise not_supported(f"{modifier} in $push")
    values, given = _each(argument, {"$each", "$slice"}, "$push")
    cut = as_integer(given["$slice"], "$slice") if "$slice" in given else None

    def change(current: Value) -> Value:
        items = [*_list_of(current, "$push"), *values]
        if cut is not None:
            items = items[:cut] if cut >= 0 else items[cut:]
        return items

    return change


def _add_to_set(argument: Value) -> Change:
    values, _ = _each(argument, {"$each"}, "$addToSet")

    def change(current: Value) -> Value:
        items = _list_of(current, "$addToSet")
        present = {key(item) for item in items}
        for value in values:
            if key(value) not in present:
                present.add(key(value))
                items.append(value)
        return items

    return change


def _filtering(name: str, gone: Callable[[Any], bool]) -> Change:
    def change(current: Value) -> Value:
        if current is MISSING:
            return MISSING
        return [item for item in _list_of(current, name) if not gone(item)]

    return change


def _pull(argument: Value) -> Change:
    if argument.__class__ is dict and not is_operators(argument):
        matches = compile_filter(argument)
        return _filtering("$pull", lambda item: item.__class__ is dict and matches(item))
    condition = argument if is_operators(argument) else {"$eq": argument}
    return _filtering("$pull", element_test(condition))


OPERATORS: dict[str, Callable[[Any], Change]] = {
    "$set": _set,
    "$unset": _unset,
    "$inc": _inc,
    "$min": _extreme(higher=False),
    "$max": _extreme(higher=True),
    "$push": _push,
    "$addToSet": _add_to_set,
    "$pull": _pull,
}
