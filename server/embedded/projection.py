"""Projections of find, findAndModify and $project, compiled to functions of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .documents import MISSING, Document, Value, is_number, split_path
from .errors import MongoError, not_supported
from .expressions import Expression, compile_expression

Projection = Callable[[Document], Document]
# What to keep or leave out: `{name: True | subtree}`.
_Tree = dict[str, Any]


def compile_projection(spec: Document) -> Projection | None:
    """Compile a projection; None means the documents stay as they are."""
    flat = dict(_flatten(spec, ""))
    kept = {path: value for path, value in flat.items() if _is_flag(value)}
    modes = {bool(value) for path, value in kept.items() if path != "_id"}
    if len(kept) < len(flat):
        modes.add(True)  # A computed field makes it an inclusion.
    if len(modes) > 1:
        raise MongoError(31254, "Cannot mix inclusion and exclusion in a projection")
    if not flat:
        return None
    including = modes.pop() if modes else bool(flat["_id"])
    if not including:
        return exclusion([path for path, value in flat.items() if not value])
    if not any(path == "_id" or path.startswith("_id.") for path in flat):
        kept["_id"] = True
    return _inclusion(
        [path for path, value in kept.items() if value],
        [
            (split_path(path), compile_expression(value))
            for path, value in flat.items()
            if not _is_flag(value)
        ],
    )


def _flatten(fields: Document, prefix: str) -> Iterator[tuple[str, Any]]:
    """Nested `{a: {b: 1}}` becomes `{"a.b": 1}`; operators stay whole."""
    for name, value in fields.items():
        path = prefix + name
        inner = next(iter(value), "") if value.__class__ is dict else ""
        if name.startswith("$") or path.endswith(".$") or inner in ("$slice", "$elemMatch"):
            raise not_supported(f"the projection of '{path}'")
        if inner and not inner.startswith("$"):
            yield from _flatten(value, path + ".")
        else:
            yield path, value


def _is_flag(value: Value) -> bool:
    return isinstance(value, bool) or is_number(value)


def _tree(paths: list[str]) -> _Tree:
    tree: _Tree = {}
    for path in paths:
        node = tree
        *parents, last = split_path(path)
        for name in parents:
            node = node.setdefault(name, {})
            if node is True:
                raise MongoError(31249, f"Path collision at {path}")
        if last in node:
            raise MongoError(31250, f"Path collision at {path}")
        node[last] = True
    return tree


def _inclusion(paths: list[str], computed: list[tuple[tuple[str, ...], Expression]]) -> Projection:
    _tree(paths + [".".join(path) for path, _ in computed])  # Refuses collisions.
    tree = _tree(paths)

    def project(document: Document) -> Document:
        result = _pick(document, tree)
        for path, expression in computed:
            set_computed(result, path, expression(document))
        return result

    return project


def _pick(value: Value, tree: _Tree) -> Value:
    if value.__class__ is list:
        picked = (_pick(item, tree) for item in value)
        return [item for item in picked if item is not MISSING]
    if value.__class__ is not dict:
        return MISSING
    result: Document = {}
    for name, item in value.items():
        node = tree.get(name)
        inner = item if node is True else MISSING if node is None else _pick(item, node)
        if inner is not MISSING:
            result[name] = inner
    return result


def exclusion(paths: list[str]) -> Projection:
    """The projection that leaves some paths out, in the elements of arrays as well."""
    tree = _tree(paths)
    return lambda document: _without(document, tree)


def _without(value: Value, tree: _Tree) -> Value:
    if value.__class__ is list:
        return [_without(item, tree) for item in value]
    if value.__class__ is not dict:
        return value
    return {
        name: _without(item, tree[name]) if name in tree else item
        for name, item in value.items()
        if tree.get(name) is not True
    }


def set_computed(holder: Document, path: tuple[str, ...], value: Value) -> None:
    """Put a computed value at a path, into every element of the arrays on the way."""
    if value is MISSING:
        return
    name, *rest = path
    holder[name] = _with_value(holder.get(name), tuple(rest), value) if rest else value


def _with_value(inner: Value, path: tuple[str, ...], value: Value) -> Value:
    if inner.__class__ is list:
        return [_with_value(item, path, value) for item in inner]
    copy: Document = dict(inner) if inner.__class__ is dict else {}
    set_computed(copy, path, value)
    return copy
