"""Projections of find, findAndModify and $project, compiled to functions of documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from .documents import MISSING, Document, Value, as_integer, is_number, split_path
from .errors import MongoError, not_supported
from .expressions import Expression, compile_expression
from .matcher import Matcher, compile_filter

Projection = Callable[[Document], Document]
_Tree = dict[str, Any]
_KEEP = True


def compile_projection(spec: Value, aggregation: bool = False) -> Projection | None:
    """Compile a projection; None means the documents stay as they are."""
    if not isinstance(spec, dict):
        raise MongoError(14, "a projection must be an object")
    fields = cast("Document", spec)
    if not fields:
        if aggregation:
            raise MongoError(51272, "Invalid $project :: projection must have at least one field")
        return None
    flat = dict(_flatten(fields, ""))
    modes = {_is_on(value) for path, value in flat.items() if path != "_id" and not _neutral(value)}
    if len(modes) > 1:
        raise MongoError(31254, "Cannot mix inclusion and exclusion in a projection")
    if not modes:
        only_id = flat.get("_id", False)
        modes = {_is_on(only_id) if "_id" in flat and not _neutral(only_id) else False}
        if any(_neutral(value) and "$elemMatch" in value for value in flat.values()):
            modes = {True}
    return _include(flat, aggregation) if modes.pop() else _exclude(flat, aggregation)


def _flatten(fields: Document, prefix: str) -> list[tuple[str, Any]]:
    """Nested `{a: {b: 1}}` becomes `{"a.b": 1}`; operators stay whole."""
    flat: list[tuple[str, Any]] = []
    for name, value in fields.items():
        path = prefix + name
        if name.startswith("$") or path.endswith(".$"):
            raise not_supported(f"the projection '{path}'")
        if isinstance(value, dict) and value:
            inner = cast("Document", value)
            if not next(iter(inner)).startswith("$"):
                flat += _flatten(inner, path + ".")
                continue
        flat.append((path, value))
    return flat


def _neutral(value: Value) -> bool:
    return isinstance(value, dict) and next(iter(cast("Document", value)), "") in (
        "$slice",
        "$elemMatch",
    )


def _is_on(value: Value) -> bool:
    if isinstance(value, bool) or is_number(value):
        return bool(value)
    return True


def _tree(flat: Document) -> _Tree:
    tree: _Tree = {}
    for path, value in flat.items():
        node = tree
        *parents, last = split_path(path)
        for name in parents:
            node = node.setdefault(name, {})
            if not isinstance(node, dict):
                raise MongoError(31249, f"Path collision at {path}")
        if last in node:
            raise MongoError(31250, f"Path collision at {path}")
        node[last] = value
    return tree


def _include(flat: Document, aggregation: bool) -> Projection:
    computed: list[tuple[tuple[str, ...], Expression]] = []
    kept: Document = {}
    slices: list[Projection] = []
    for path, value in flat.items():
        if isinstance(value, bool) or is_number(value):
            if value:
                kept[path] = _KEEP
        elif _neutral(value) and not aggregation:
            kept[path] = _KEEP
            slices.append(_array_operator(path, cast("Document", value)))
        else:
            computed.append((split_path(path), compile_expression(value)))
    if "_id" not in flat:
        kept = {"_id": _KEEP, **kept}
    _tree({**kept, **{".".join(path): None for path, _ in computed}})
    tree = _tree(kept)

    def project(document: Document) -> Document:
        result = _pick(document, tree)
        for path, expression in computed:
            set_computed(result, path, expression(document))
        for operator in slices:
            result = operator(result)
        return result

    return project


def _pick(document: Document, tree: _Tree) -> Document:
    result: Document = {}
    for name, value in document.items():
        node = tree.get(name)
        if node is _KEEP:
            result[name] = value
        elif node is not None:
            inner = _pick_inside(value, node)
            if inner is not MISSING:
                result[name] = inner
    return result


def _pick_inside(value: Value, tree: _Tree) -> Value:
    if value.__class__ is dict:
        return _pick(value, tree)
    if value.__class__ is list:
        picked = (_pick_inside(item, tree) for item in value)
        return [item for item in picked if item is not MISSING]
    return MISSING


def _exclude(flat: Document, aggregation: bool) -> Projection:
    slices = [
        _array_operator(path, cast("Document", value))
        for path, value in flat.items()
        if _neutral(value)
    ]
    if aggregation and slices:
        raise not_supported("$slice next to exclusions in $project")
    tree = _tree({path: True for path, value in flat.items() if not _is_on(value)})

    def project(document: Document) -> Document:
        result = without(document, tree)
        for operator in slices:
            result = operator(result)
        return result

    return project


def without(value: Value, tree: _Tree) -> Value:
    """A value without the fields of a tree `{name: True | subtree}`, in arrays as well."""
    if value.__class__ is list:
        return [without(item, tree) for item in value]
    if value.__class__ is not dict:
        return value
    return {
        name: without(item, tree[name]) if name in tree else item
        for name, item in value.items()
        if tree.get(name) is not True
    }


def exclusion(paths: list[str]) -> Projection:
    """The projection of $unset."""
    tree = _tree(dict.fromkeys(paths, True))
    return lambda document: without(document, tree)


def _array_operator(path: str, condition: Document) -> Projection:
    parts = split_path(path)
    if len(condition) != 1:
        raise MongoError(2, f"the projection of '{path}' has more than one operator")
    ((name, value),) = condition.items()
    if name == "$slice":
        cut = _slice(value)
    else:
        if len(parts) > 1:
            raise MongoError(2, "Cannot use $elemMatch projection on a nested field")
        cut = _first_match(compile_filter({"item": {"$elemMatch": value}}))
    return lambda document: _change(document, parts, cut)


def _slice(value: Value) -> Callable[[list[Any]], Any]:
    if isinstance(value, list):
        if len(cast("list[Any]", value)) != 2:
            raise MongoError(28724, "$slice needs [skip, limit]")
        skip, limit = (as_integer(item, "$slice") for item in cast("list[Any]", value))
        if limit <= 0:
            raise MongoError(28724, "$slice limit must be positive")

        def window(items: list[Any]) -> list[Any]:
            start = max(0, len(items) + skip) if skip < 0 else skip
            return items[start : start + limit]

        return window
    count = as_integer(value, "$slice")
    return lambda items: items[:count] if count >= 0 else items[count:]


def _first_match(matches: Matcher) -> Callable[[list[Any]], Any]:
    def first(items: list[Any]) -> Value:
        found = next((item for item in items if matches({"item": [item]})), MISSING)
        return MISSING if found is MISSING else [found]

    return first


def _change(value: Value, parts: tuple[str, ...], cut: Callable[[list[Any]], Any]) -> Value:
    if value.__class__ is list:
        return [_change(item, parts, cut) for item in value]
    if value.__class__ is not dict or parts[0] not in value:
        return value
    inner = value[parts[0]]
    if len(parts) > 1:
        return {**value, parts[0]: _change(inner, parts[1:], cut)}
    changed = cut(inner) if inner.__class__ is list else inner
    if changed is MISSING or (changed is inner and cut.__name__ == "first"):
        return {name: item for name, item in value.items() if name != parts[0]}
    return {**value, parts[0]: changed}


def set_computed(document: Document, path: tuple[str, ...], value: Value) -> None:
    """Put a computed value at a path, into every element of the arrays on the way."""
    if value is MISSING:
        return
    _set_inside(document, path, value)


def _set_inside(holder: Document, path: tuple[str, ...], value: Value) -> None:
    name, *rest = path
    if not rest:
        holder[name] = value
        return
    holder[name] = _with_value(holder.get(name, MISSING), tuple(rest), value)


def _with_value(inner: Value, path: tuple[str, ...], value: Value) -> Value:
    if inner.__class__ is list:
        return [_with_value(item, path, value) for item in inner]
    copy: Document = dict(inner) if inner.__class__ is dict else {}
    _set_inside(copy, path, value)
    return copy
