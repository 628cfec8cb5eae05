"""AsyncAPI 3 of the Socket.IO door: what comes up, what it is answered with, what goes down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from server.contracts.definitions import REF, Schema

_SCHEMAS = "#/components/schemas/"

_UP: dict[str, tuple[str, tuple[str, ...], str]] = {
    "command": (
        "Have something done, once however often it is sent with the same `command_id`.",
        ("TicketCommand", "AgentCommand", "DocumentCommand"),
        "Done",
    ),
    "join": ("Enter rooms, each from its cursor on.", ("Join",), "JoinAnswer"),
    "leave": ("Leave rooms.", ("Leave",), "Accepted"),
    "renew": ("Go on with a fresh token.", ("Renew",), "Renewed"),
    "time": ("Ask for the server's clock.", ("Time",), "TimeTold"),
    "search": ("Find articles while somebody is still typing.", ("Search",), "Found"),
    "signal": ("Tell a room something of the moment.", ("Signal",), "Accepted"),
    "mark": ("Say how far one got in a ticket.", ("Mark",), "Marked"),
}
"""By event: what it is for, what is sent, and what a good answer is; a bad one is `Refused`."""

_DOWN: dict[str, tuple[str, str]] = {
    "event": ("One commit as a room's audience sees it, or entries of a feed.", "Envelope"),
    "signal": ("Something of the moment in a room.", "HeardSignal"),
    "left": ("The server took this socket out of a room.", "Left"),
    "access": ("What this connection may, or who it is, has changed.", "AccessChanged"),
    "closing": ("The connection ends just after this.", "Closing"),
}


def asyncapi(definitions: dict[str, Schema], version: str) -> dict[str, Any]:
    """The whole document; `version` is the product's."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Deskwire over Socket.IO",
            "version": version,
            "description": "One namespace, `/`. Socket.IO's `auth` is `Hello`, protocol 1.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/",
                "description": "The one Socket.IO connection of a client, at /socket.io/.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names()},
            }
        },
        "operations": dict(_operations()),
        "components": {
            "messages": dict(_messages()),
            "schemas": _moved(definitions),
        },
    }


def _operations() -> Iterator[tuple[str, Schema]]:
    for event, (summary, _, _) in _UP.items():
        yield (
            event,
            {
                "action": "receive",
                "summary": summary,
                "channel": {"$ref": "#/channels/socket"},
                "messages": [_in_channel(event)],
                "reply": {
                    "channel": {"$ref": "#/channels/socket"},
                    "messages": [_in_channel(f"{event}.ack")],
                },
            },
        )
    for event, (summary, _) in _DOWN.items():
        yield (
            f"{event}.down",
            {
                "action": "send",
                "summary": summary,
                "channel": {"$ref": "#/channels/socket"},
                "messages": [_in_channel(f"{event}.down")],
            },
        )


def _messages() -> Iterator[tuple[str, Schema]]:
    for event, (_, sent, answer) in _UP.items():
        yield event, {"name": event, "payload": _one_of(*sent)}
        yield f"{event}.ack", {"name": f"{event} ack", "payload": _one_of(answer, "Refused")}
    for event, (_, payload) in _DOWN.items():
        yield f"{event}.down", {"name": event, "payload": _one_of(payload)}


def _names() -> list[str]:
    return [name for name, _ in _messages()]


def _in_channel(message: str) -> dict[str, str]:
    return {"$ref": f"#/channels/socket/messages/{message}"}


def _one_of(*names: str) -> Schema:
    refs = [{"$ref": f"{_SCHEMAS}{name}"} for name in names]
    return refs[0] if len(refs) == 1 else {"oneOf": refs}


def _moved(value: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """With references into components; AsyncAPI's discriminator is only a name."""
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value)
        return {
            key: part["propertyName"] if key == "discriminator" else _moved(part)
            for key, part in parts.items()
        }
    if isinstance(value, list):
        return [_moved(part) for part in cast("list[Any]", value)]
    if isinstance(value, str) and value.startswith(REF):
        return _SCHEMAS + value.removeprefix(REF)
    return value
