"""A rule for import-linter: a room knows the standard library, itself and what is named, no more.

Its own rule of forbidden imports has to name what is forbidden; what somebody will want to import
next year has no name yet.
"""

from __future__ import annotations

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class KnowsOnly(Contract):
    """`room`: the package that is ruled; `allowed`: the packages that it may import."""

    room = fields.StringField()
    allowed = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import of every module of the room."""
        room, allowed = str(self.room), {*sys.stdlib_module_names, *(self.allowed or ())}
        wrong = [
            detail
            for module in sorted({room, *graph.find_descendants(room)})
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if not f"{imported}.".startswith(f"{room}.") and imported.split(".")[0] not in allowed
            for detail in graph.get_import_details(importer=module, imported=imported)
        ]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import."""
        for each in list[dict[str, Any]](check.metadata["wrong"]):
            output.print_error(
                f"{each['importer']} (l.{each['line_number']}): {each['line_contents']}"
            )
