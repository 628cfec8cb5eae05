"""`deskwire articles import`: from a folder, a zip or a file, in the name of somebody who may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from domain.errors import NotFound
from domain.people.state import User
from server.auth.actors import fetch_standings
from server.clock import SystemClock
from server.dispatch.documents import DocumentDispatch
from server.importing.bringing import Bringing, Line, Options, Outcome
from server.importing.files import files_in
from server.processes.production import open_stores
from server.store.connect import open_store
from server.store.documents import fetch_by_key

Say = Callable[[str], None]


async def import_articles(
    environ: Mapping[str, str], place: Path, by: str, options: Options, tell: Say, *, dry: bool
) -> list[Line]:
    """What became of each article; raises DomainError and OSError."""
    files = files_in(place)
    async with open_stores(environ, tell) as settings:
        store = await open_store(settings)
        clock = SystemClock()
        dispatch = DocumentDispatch(store, clock, settings.secret_key.encode())
        try:
            user = await fetch_by_key(store, User, by)
            standings = await fetch_standings(store, [user.id] if user else [])
            if user is None or user.id not in standings:
                raise NotFound(f"Nobody with the address {by} can log in.")
            bringing = Bringing(store, dispatch, clock, standings[user.id].actor)
            return await bringing.bring(files, options, dry=dry)
        finally:
            await dispatch.close()
            await store.close()


def table_of(lines: list[Line], *, dry: bool) -> list[str]:
    """A line for each article, and how many there were of each kind."""
    wide = max((len(line.outcome) for line in lines), default=0)
    shown = [f"{line.outcome:<{wide}}  {line.source}{_note(line)}" for line in lines]
    counted = Counter(line.outcome for line in lines)
    sums = ", ".join(f"{counted[each]} {each}" for each in Outcome if counted[each])
    return [*shown, f"{sums}{' (nothing was touched)' if dry else ''}"]


def _note(line: Line) -> str:
    if line.wrong:
        return f": {line.wrong.replace('_', ' ')}{f' ({line.detail})' if line.detail else ''}"
    return f": there is no category {line.no_category!r}" if line.no_category else ""
