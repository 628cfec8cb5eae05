"""Projections of find, compiled to functions of documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bson import Int64

from .documents import MISSING, Document, Value, split_path
from .errors import MongoError, not_supported

Projection = Callable[[Document], Document]
# What to keep or leave out: `{name: True | subtree}`.
_Tree = dict[str, Any]


def compile_projection(spec: Document) -> Projection | None:
    """Compile a projection; None means the documents stay as they are."""
    for path, value in spec.items():
        if any(part.startswith("$") for part in split_path(path)):
            raise not_supported(f"the projection of '{path}'")
        if value.__class__ not in (bool, int, Int64, float):
            raise not_supported(f"a computed field, '{path}', in a projection")
    if not spec:
        return None
    modes = [bool(value) for path, value in spec.items() if path != "_id"]
    including = modes[0] if modes else bool(spec["_id"])
    if not all(mode is including for mode in modes) or (spec.get("_id") and not including):
        code, what = (31254, "exclusion") if including else (31253, "inclusion")
        raise MongoError(code, f"Cannot do {what} in a projection that does the other")
    tree = _tree(list(spec))
    if not including:
        return lambda document: _without(document, tree)
    if spec.get("_id", True):
        tree.setdefault("_id", True)
    else:
        del tree["_id"]
    return lambda document: _pick(document, tree)


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
