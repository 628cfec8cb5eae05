"""`python -m server.contracts [--check]`: write the contracts, or say which are stale."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from server.contracts.asyncapi import asyncapi
from server.contracts.dart import dart
from server.contracts.definitions import definitions, schema
from server.contracts.openapi import openapi
from server.contracts.typescript import typescript

VERSION = metadata.version("deskwire")
FOLDER = Path(__file__).resolve().parents[2] / "clients" / "contracts"


def contracts() -> dict[str, str]:
    """The text of every generated file, by its path below clients/contracts."""
    named = definitions()
    return {
        "schema.json": _json(schema()),
        "openapi.json": _json(openapi(VERSION)),
        "asyncapi.json": _json(asyncapi(named, VERSION)),
        "typescript/index.ts": typescript(named),
        "dart/lib/contracts.dart": dart(named),
    }


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Write the files, or with --check only compare; returns 1 where one is stale."""
    parser = argparse.ArgumentParser(prog="python -m server.contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if stale")
    checking = parser.parse_args(arguments).check
    stale = {
        folder / path: text for path, text in contracts().items() if not _is(folder / path, text)
    }
    for path, text in stale.items():
        if checking:
            print(f"stale: {path}; run `make contracts`", file=sys.stderr)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"written: {path}")
    return 1 if checking and stale else 0


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
