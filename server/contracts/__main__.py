"""`python -m server.contracts [--check]`: write the contracts, or say which are stale."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.contracts.definitions import definitions, schema
from server.contracts.typescript import typescript

FOLDER = Path(__file__).resolve().parents[2] / "clients" / "contracts"


def contracts() -> dict[str, str]:
    """The text of every generated file, by its path below clients/contracts."""
    named = definitions()
    return {
        "schema.json": _json(schema()),
        "typescript/index.ts": typescript(named),
    }


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Write the files, or with --check only compare; returns 1 where one is stale."""
    parser = argparse.ArgumentParser(prog="python -m server.contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if stale")
    checking = parser.parse_args(arguments).check
    stale = [path for path, text in contracts().items() if _present(folder / path) != text]
    if not checking:
        for path in stale:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(contracts()[path], encoding="utf-8")
            print(f"written: {folder / path}")
        return 0
    for path in stale:
        print(f"stale: {folder / path}; run `make contracts`", file=sys.stderr)
    return 1 if stale else 0


def _present(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
