"""Every member of the catalogue has an example of each released version, which all can read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from domain import wire
from domain.catalog import (
    DOOR_TYPES,
    AgentEvent,
    AnyCommand,
    DocumentCommand,
    MachineCommand,
    PersonsAgentCommand,
    PersonsTicketCommand,
    TicketEvent,
    load_command,
    load_event,
    parse_command,
)
from server.contracts.definitions import members, types_of

HERE = Path(__file__).parent
CONTRACTS = HERE.parents[1] / "clients" / "contracts"
GOLDEN = {path.stem: json.loads(path.read_text("utf-8")) for path in HERE.glob("golden/*.json")}

COMMANDS = {
    types_of(member)[0]: member
    for union in (PersonsTicketCommand, PersonsAgentCommand, DocumentCommand, MachineCommand)
    for member in members(union)
}
EVENTS = {
    types_of(member)[0]: member
    for union in (TicketEvent, AgentEvent, wire.FeedEvent)
    for member in members(union)
}
SCHEMA = json.loads((CONTRACTS / "schema.json").read_text("utf-8"))
DART = (CONTRACTS / "dart" / "lib" / "contracts.dart").read_text("utf-8")
_feed: TypeAdapter[Any] = TypeAdapter(wire.FeedEvent)


def of(kind: str, version: int = 1) -> dict[str, Any]:
    return GOLDEN[f"{kind}.v{version}"]


def valid(name: str, value: object) -> bool:
    """Whether a value is what the committed JSON Schema says of a name."""
    return Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{name}"}).is_valid(value)


@pytest.mark.parametrize("kind", [*COMMANDS, *EVENTS])
def test_every_member_of_the_catalogue_has_an_example_of_its_present_version(kind: str):
    field = (COMMANDS | EVENTS)[kind].model_fields.get("v")
    name = f"{kind}.v{field.default if field else 1}"
    assert name in GOLDEN, f"write tests/contract/golden/{name}.json"


def test_every_example_is_of_something_in_the_catalogue():
    assert {name.rpartition(".")[0] for name in GOLDEN} == {*COMMANDS, *EVENTS}
    assert all(name == f"{each['type']}.v{each.get('v', 1)}" for name, each in GOLDEN.items())


@pytest.mark.parametrize("kind", COMMANDS)
def test_an_example_of_a_command_names_every_field_and_reads_back_as_written(kind: str):
    command = load_command(of(kind))

    assert type(command) is COMMANDS[kind]
    assert command.model_dump(mode="json", exclude_unset=True) == of(kind)
    assert set(of(kind)) == set(COMMANDS[kind].model_fields)


@pytest.mark.parametrize("kind", sorted(DOOR_TYPES))
def test_a_door_takes_the_example_of_a_persons_command(kind: str):
    assert parse_command(of(kind)) == load_command(of(kind))


@pytest.mark.parametrize("name", [n for n in GOLDEN if n.rpartition(".")[0] in EVENTS])
def test_every_released_version_of_an_event_is_still_read(name: str):
    kind = name.rpartition(".")[0]

    event = _feed.validate_python(GOLDEN[name]) if kind.startswith("feed.") else None
    event = event or load_event(GOLDEN[name])

    assert type(event) is EVENTS[kind]
    if GOLDEN[name]["v"] == event.v:
        assert event.model_dump(mode="json", exclude_unset=True) == GOLDEN[name]
        assert set(GOLDEN[name]) == set(EVENTS[kind].model_fields)


@pytest.mark.parametrize("kind", [*sorted(DOOR_TYPES), *EVENTS])
def test_the_json_schema_takes_the_example_and_nothing_that_lacks_a_field(kind: str):
    model = (COMMANDS | EVENTS)[kind]
    example = of(kind)

    assert valid(model.__name__, example)
    for field, described in model.model_fields.items():
        if described.is_required() or field == "type":
            rest = {key: value for key, value in example.items() if key != field}
            assert not valid(model.__name__, rest), f"{field} may be left out"


@pytest.mark.parametrize("kind", [*sorted(DOOR_TYPES), *EVENTS])
def test_the_unions_of_the_json_schema_tell_members_apart(kind: str):
    commands = ("TicketCommand", "AgentCommand", "DocumentCommand")
    unions = (*commands, "TicketEvent", "AgentEvent", "FeedEvent")
    assert [valid(union, of(kind)) for union in unions].count(True) == 1


@pytest.mark.parametrize("kind", [*sorted(DOOR_TYPES), *EVENTS])
def test_dart_has_a_class_that_reads_every_field_of_the_example(kind: str):
    name = (COMMANDS | EVENTS)[kind].__name__
    found = re.search(rf"\nfinal class {name} implements \w+ {{\n.*?\n}}\n", DART, re.DOTALL)
    assert found, f"no class {name}"
    source = found.group()

    assert f"    '{kind}' => {name}.fromJson(json),\n" in DART
    assert f"String get type => '{kind}';" in source
    for field in of(kind):
        assert field == "type" or f"json['{field}']" in source
        assert f"'{field}': " in source


def test_machine_commands_are_in_no_contract():
    machines = {types_of(member)[0] for member in members(MachineCommand)}
    text = json.dumps(SCHEMA) + DART
    assert [kind for kind in machines if f"'{kind}'" in text or f'"{kind}"' in text] == []


def test_any_command_is_any_of_the_catalogue():
    union, _ = get_args(AnyCommand)
    assert {types_of(member)[0] for member in members(union)} == set(COMMANDS)
