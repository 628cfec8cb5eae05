"""Aggregation stages compiled to functions of streams of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from .documents import MISSING, Document, Value, as_integer, split_path, type_name
from .errors import MongoError, not_supported
from .expressions import compile_expression, value_at
from .groups import group
from .indexes import parse_pattern, sort_key
from .matcher import compile_filter
from .projection import Projection, compile_projection, exclusion, set_computed
from .scan import Stream, limited, sorted_stream

Documents = Stream[Document]
Stage = Callable[[Documents], Documents]
# Reads another collection of the same database, for $lookup: all its documents that match.
Source = Callable[[str, Document], Documents]


_REFUSED = {"$merge", "$out", "$facet", "$graphLookup", "$setWindowFields", "$unionWith"}


def compile_pipeline(stages: list[Any], source: Source) -> list[Stage]:
    """Compile stages in order; an unknown stage is refused (code 40324)."""
    compiled: list[Stage] = []
    for n, (name, argument) in enumerate(map(_named, stages)):
        if name == "$lookup":
            compiled.append(_lookup(argument, source))
        elif name in _STAGES:
            follower = _named(stages[n + 1]) if n + 1 < len(stages) else ("", None)
            compiled.append(
                _sort(argument, follower) if name == "$sort" else _STAGES[name](argument)
            )
        elif name in _DOCUMENT_STAGES:
            compiled.append(_each(_DOCUMENT_STAGES[name](argument)))
        elif name == "$changeStream":
            raise MongoError(40573, "The $changeStream stage is not supported by this store")
        elif name in _REFUSED:
            raise not_supported(f"the stage {name}")
        else:
            raise MongoError(40324, f"Unrecognized pipeline stage name: '{name}'")
    return compiled


def compile_document_stages(stages: list[Any]) -> Projection:
    """The pipeline of an update: stages that change one document."""
    compiled: list[Projection] = []
    for name, argument in map(_named, stages):
        if name not in _DOCUMENT_STAGES:
            raise MongoError(72, f"{name} is not allowed to be used within an update")
        compiled.append(_DOCUMENT_STAGES[name](argument))

    def run(document: Document) -> Document:
        for stage in compiled:
            document = stage(document)
        return document

    return run


def _named(stage: Value) -> tuple[str, Any]:
    if not isinstance(stage, dict) or len(cast("Document", stage)) != 1:
        raise MongoError(40323, "A pipeline stage specification object has exactly one field")
    ((name, argument),) = cast("Document", stage).items()
    return name, argument


# Stages that change each document by itself


def _each(change: Projection) -> Stage:
    def stage(documents: Documents) -> Documents:
        for document in documents:
            yield None if document is None else change(document)

    return stage


def _project(argument: Value) -> Projection:
    projection = compile_projection(argument) if argument.__class__ is dict else None
    if projection is None:
        raise MongoError(51272, "Invalid $project :: it must be an object with a field")
    return projection


def _set(argument: Value) -> Projection:
    if not isinstance(argument, dict):
        raise MongoError(40272, "$set specification must be an object")
    fields = [
        (split_path(path), compile_expression(value))
        for path, value in cast("Document", argument).items()
    ]

    def change(document: Document) -> Document:
        result = dict(document)
        for path, expression in fields:
            value = expression(document)
            if value is MISSING and len(path) == 1:
                result.pop(path[0], None)
            set_computed(result, path, value)
        return result

    return change


def _unset(argument: Value) -> Projection:
    paths = cast("list[Any]", argument if isinstance(argument, list) else [argument])
    if not paths or not all(isinstance(path, str) and path for path in paths):
        raise MongoError(31002, "$unset specification must be a string or an array of strings")
    return exclusion(paths)


def _replace_root(argument: Value) -> Projection:
    if not isinstance(argument, dict) or list(cast("Document", argument)) != ["newRoot"]:
        raise MongoError(40229, "$replaceRoot takes an object with 'newRoot'")
    return _replace_with(cast("Document", argument)["newRoot"])


def _replace_with(argument: Value) -> Projection:
    expression = compile_expression(argument)

    def change(document: Document) -> Document:
        value = expression(document)
        if value.__class__ is not dict:
            raise MongoError(40228, f"the new root must be an object, not {type_name(value)}")
        return value

    return change


_DOCUMENT_STAGES: dict[str, Callable[[Any], Projection]] = {
    "$project": _project,
    "$set": _set,
    "$addFields": _set,
    "$unset": _unset,
    "$replaceRoot": _replace_root,
    "$replaceWith": _replace_with,
}


# Stages that see the stream


def _match(argument: Value) -> Stage:
    matches = compile_filter(argument)

    def stage(documents: Documents) -> Documents:
        for document in documents:
            if document is None or matches(document):
                yield document

    return stage


def _sort(argument: Value, follower: tuple[str, Any]) -> Stage:
    fields = parse_pattern(argument, "$sort")
    if not fields:
        raise MongoError(15976, "$sort stage must have at least one sort key")
    by = sort_key(fields)
    limit = as_integer(follower[1], "$limit") if follower[0] == "$limit" else None
    return lambda documents: sorted_stream(documents, by, limit)


def _limit(argument: Value) -> Stage:
    limit = as_integer(argument, "$limit")
    if limit <= 0:
        raise MongoError(15958, "the limit must be positive")
    return lambda documents: limited(documents, 0, limit)


def _skip(argument: Value) -> Stage:
    skip = as_integer(argument, "$skip")
    if skip < 0:
        raise MongoError(5107200, "invalid argument to $skip stage: it must not be negative")
    return lambda documents: limited(documents, skip, None)


def _count(argument: Value) -> Stage:
    if not isinstance(argument, str) or not argument or argument[0] == "$" or "." in argument:
        raise MongoError(40156, "the count field must be a non-empty plain name")

    def stage(documents: Documents) -> Documents:
        count = 0
        for document in documents:
            if document is None:
                yield None
            else:
                count += 1
        if count:
            yield {argument: count}

    return stage


def _unwind(argument: Value) -> Stage:
    options: Document = {"path": argument} if isinstance(argument, str) else argument
    for name in options:
        if name not in ("path", "preserveNullAndEmptyArrays", "includeArrayIndex"):
            raise MongoError(28811, f"unrecognized option to $unwind stage: {name}")
    path = options.get("path")
    if not isinstance(path, str) or not path.startswith("$"):
        raise MongoError(28818, "path option to $unwind stage should be prefixed with a '$'")
    parts = split_path(path[1:])
    keep = bool(options.get("preserveNullAndEmptyArrays"))
    counter = options.get("includeArrayIndex")

    def stage(documents: Documents) -> Documents:
        for document in documents:
            if document is None:
                yield None
                continue
            value = value_at(document, parts)
            if value.__class__ is list and value:
                for n, item in enumerate(value):
                    yield _unwound(document, item, n)
            elif value.__class__ is not list and value is not None and value is not MISSING:
                yield _unwound(document, value, None)
            elif keep:
                without_value = exclusion([".".join(parts)])(document)
                yield _numbered(without_value if value == [] else document, None)

    def _unwound(document: Document, item: Value, n: int | None) -> Document:
        result = dict(document)
        set_computed(result, parts, item)
        return _numbered(result, n)

    def _numbered(document: Document, n: int | None) -> Document:
        return document if counter is None else {**document, counter: n}

    return stage


_STAGES: dict[str, Callable[[Any], Stage]] = {
    "$match": _match,
    "$sort": lambda argument: _sort(argument, ("", None)),
    "$limit": _limit,
    "$skip": _skip,
    "$count": _count,
    "$unwind": _unwind,
    "$group": group,
}


def _lookup(argument: Value, source: Source) -> Stage:
    needed = {"from", "localField", "foreignField", "as"}
    if not isinstance(argument, dict) or set(cast("Document", argument)) != needed:
        raise not_supported("$lookup other than {from, localField, foreignField, as}")
    spec = cast("Document", argument)
    local, target = split_path(spec["localField"]), split_path(spec["as"])

    def stage(documents: Documents) -> Documents:
        for document in documents:
            if document is None:
                yield None
                continue
            value = value_at(document, local)
            wanted = value if value.__class__ is list else [None if value is MISSING else value]
            found: list[Document] = []
            for other in source(spec["from"], {spec["foreignField"]: {"$in": wanted}}):
                if other is None:
                    yield None
                else:
                    found.append(other)
            result = dict(document)
            set_computed(result, target, found)
            yield result

    return stage


def run_pipeline(documents: Iterator[Document | None], stages: list[Stage]) -> Documents:
    for stage in stages:
        documents = stage(documents)
    return documents
