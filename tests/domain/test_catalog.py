"""What may come through a door, and what each refusal says."""

import math

import pytest
from pydantic import ValidationError

from domain.catalog import DOOR_TYPES, load_command, load_event, parse_command
from domain.errors import STATUS, Code, Invalid, Retryable
from domain.ticket.commands import AssignTicket, OpenTicket, UpdateTicket
from tests.domain.desk import uid

OPEN = {"type": "ticket.open", "command_id": uid("c"), "title": "A", "body": "B"}


def test_a_command_is_read_with_its_id_in_canonical_form():
    command = parse_command({**OPEN, "command_id": uid("c").upper().replace("-", "")})

    assert isinstance(command, OpenTicket)
    assert command.command_id == uid("c")


@pytest.mark.parametrize("data", [None, [], "ticket.open", 7, [OPEN]])
def test_what_is_no_object_is_no_command(data: object):
    with pytest.raises(Invalid, match="an object"):
        parse_command(data)


@pytest.mark.parametrize("kind", [None, "", "ticket.fly", 7, [], {}, "x" * 100_000])
def test_an_unknown_command_is_named(kind: object):
    with pytest.raises(Invalid, match="There is no command") as refused:
        parse_command({**OPEN, "type": kind})
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(
    "identity", [None, "", "1", 7, "close_quiet:x:1", f"reserve:{uid('c')}", [], "x" * 36]
)
def test_only_a_uuid_is_a_persons_command_id(identity: object):
    with pytest.raises(Invalid) as refused:
        parse_command({**OPEN, "command_id": identity})
    assert refused.value.fields == {"command_id": "not a UUID"}


def test_a_command_without_an_id_is_refused():
    with pytest.raises(Invalid):
        parse_command({key: value for key, value in OPEN.items() if key != "command_id"})


@pytest.mark.parametrize(
    "kind",
    ["ticket.close_quiet", "ticket.link_follow_up", "ticket.open_follow_up", "agent.reserve"],
)
def test_no_door_takes_what_only_the_machine_may_send(kind: str):
    assert kind not in DOOR_TYPES
    with pytest.raises(Invalid, match="There is no command"):
        parse_command({"type": kind, "command_id": uid("c"), "ticket_id": uid("t")})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": 7}, "title"),
        ({"body": ""}, "body"),
        ({"body": " \n\t "}, "body"),
        ({"body": "x" * 100_000}, "body"),
        ({"body": "broken \ud800"}, "body"),
        ({"priority": "highest"}, "priority"),
        ({"category": "billing"}, "category"),
        ({"due_at": -1}, "due_at"),
        ({"due_at": 2**53}, "due_at"),
        ({"due_at": "tomorrow"}, "due_at"),
        ({"tags": ["x" * 51]}, "tags.0"),
        ({"tags": ["a"] * 51}, "tags"),
        ({"attachments": [uid("a")] * 11}, "attachments"),
        ({"fields": {f"f{i}": 1 for i in range(51)}}, "fields"),
        ({"colour": "red"}, "colour"),
        ({"number": 7}, "number"),
    ],
)
def test_what_is_wrong_is_said_by_field(change: dict[str, object], field: str):
    with pytest.raises(Invalid) as refused:
        parse_command({**OPEN, **change})

    assert list(refused.value.fields) == [field]
    assert refused.value.message.startswith(f"{field}: ")
    assert len(refused.value.message) < 300


def test_a_refusal_is_short_whatever_was_sent():
    with pytest.raises(Invalid) as refused:
        parse_command({**OPEN, **{f"{number}{'x' * 10_000}": 1 for number in range(100)}})

    assert len(refused.value.message) < 300
    assert len(str(refused.value.fields)) < 10_000


def test_a_missing_field_is_named():
    with pytest.raises(Invalid) as refused:
        parse_command({"type": "ticket.open", "command_id": uid("c"), "title": "A"})
    assert refused.value.fields == {"body": "Field required"}


@pytest.mark.parametrize("name", ["Order", "1st", "_x", "a b", "a" * 51, "$where", "a.b"])
def test_a_custom_field_has_a_plain_name(name: str):
    with pytest.raises(Invalid):
        parse_command({**OPEN, "fields": {name: 1}})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [], {}, "x" * 1_001])
def test_a_custom_field_has_a_value_that_every_client_can_hold(value: object):
    with pytest.raises(Invalid):
        parse_command({**OPEN, "fields": {"x": value}})


@pytest.mark.parametrize("value", ["a", "", True, 0, 7, -1, 1.5, None, 2**53 - 1])
def test_a_custom_field_keeps_its_value_and_its_kind(value: object):
    command = parse_command({**OPEN, "fields": {"x": value}})

    assert isinstance(command, OpenTicket)
    kept = command.fields["x"]
    assert (kept, type(kept)) == (value, type(value))


def test_an_update_knows_what_was_named_and_what_was_not():
    command = parse_command(
        {"type": "ticket.update", "command_id": uid("c"), "ticket_id": uid("t"), "due_at": None}
    )

    assert isinstance(command, UpdateTicket)
    assert "due_at" in command.model_fields_set
    assert "category" not in command.model_fields_set


def test_an_assignment_must_name_somebody_or_nobody():
    asked = {"type": "ticket.assign", "command_id": uid("c"), "ticket_id": uid("t")}

    with pytest.raises(Invalid):
        parse_command(asked)
    command = parse_command({**asked, "agent_id": None})
    assert isinstance(command, AssignTicket)


def test_a_stored_command_is_read_back():
    command = load_command(
        {
            "type": "agent.release",
            "command_id": "release:x",
            "agent_id": uid("a"),
            "ticket_id": uid("t"),
            "reservation": "r",
        }
    )
    assert command.type == "agent.release"


def test_a_command_that_is_kept_cannot_be_changed():
    command = parse_command(OPEN)
    with pytest.raises(ValidationError, match="frozen"):
        command.command_id = "another"


def test_an_event_of_a_newer_release_is_for_later():
    with pytest.raises(Retryable, match=r"'ticket\.cloned' v3"):
        load_event({"type": "ticket.cloned", "v": 3})


def test_a_field_that_only_a_newer_release_knows_is_ignored():
    event = load_event({"type": "ticket.deleted", "v": 1, "by": "magic"})
    assert event.model_dump() == {"type": "ticket.deleted", "v": 1}


def test_every_error_code_has_a_status():
    assert set(STATUS) == set(Code)


def test_an_error_is_one_shape():
    assert Retryable("Later.", fields={"retry_after": 1}).as_dict() == {
        "code": "retryable",
        "message": "Later.",
        "fields": {"retry_after": 1},
        "retryable": True,
    }
