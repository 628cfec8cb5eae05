"""The committed contracts are what the catalogue says, and hang together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.catalog import DOOR_TYPES
from server.contracts.__main__ import FOLDER, contracts, main

DOCUMENTS = ("schema.json", "openapi.json", "asyncapi.json")


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """The text of each file as it would be written now."""
    return contracts()


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "$ref":
                yield part
            elif key == "mapping":
                yield from part.values()
            else:
                yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def follow(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step.replace("~1", "/").replace("~0", "~")]
    return document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_name_says_where_its_shape_stands_in_the_code(written: dict[str, str], name: str):
    """Two shapes of one name are told apart by their modules, which are nobody's business."""
    assert [each for each in re.findall(r'"(\w+)": \{', written[name]) if "__" in each] == []


def test_no_committed_contract_is_stale(written: dict[str, str]):
    stale = [path for path, text in written.items() if (FOLDER / path).read_text("utf-8") != text]

    assert written
    assert stale == [], "run `make contracts`"


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_reference_leads_somewhere(path: str):
    document = json.loads((FOLDER / path).read_text("utf-8"))
    found = set(references(document))

    assert found
    for reference in found:
        assert follow(document, reference)


def test_a_stale_contract_fails_the_check_and_is_named(tmp_path: Path, capsys):
    assert main([], tmp_path) == 0
    (tmp_path / "schema.json").write_text("{}", "utf-8")

    assert main(["--check"], tmp_path) == 1

    told = capsys.readouterr().err
    assert "schema.json" in told
    assert "index.ts" not in told
    assert (tmp_path / "schema.json").read_text("utf-8") == "{}"


def test_a_missing_contract_fails_the_check(written: dict[str, str], tmp_path: Path, capsys):
    assert main(["--check"], tmp_path) == 1

    assert capsys.readouterr().err.count("stale: ") == len(written)


def test_what_was_just_written_is_not_stale(tmp_path: Path, capsys):
    main([], tmp_path)

    assert main(["--check"], tmp_path) == 0
    assert capsys.readouterr().err == ""


def test_the_socket_takes_every_command_that_a_door_takes():
    document = json.loads((FOLDER / "asyncapi.json").read_text("utf-8"))
    payload = document["components"]["messages"]["command"]["payload"]
    unions = [follow(document, each["$ref"]) for each in payload["oneOf"]]
    taken = {
        follow(document, member["$ref"])["properties"]["type"]["const"]
        for union in unions
        for member in union["oneOf"]
    }

    assert taken == DOOR_TYPES


def test_every_path_of_the_http_door_is_described():
    document = json.loads((FOLDER / "openapi.json").read_text("utf-8"))

    assert "/api/tickets/{id}/messages" in document["paths"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["responses"]
