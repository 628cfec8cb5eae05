"""Articles from files over REST: one file or a zip, tried first or brought in at once."""

from __future__ import annotations

import asyncio

from domain.access import Permission
from domain.document import require
from domain.message import Record
from server.http.multipart import FilePart
from server.http.operation import Call, operation
from server.http.reading import read_query
from server.importing.bringing import Bringing, Line, Options
from server.importing.files import files_of

UPLOAD_BYTES = 20_000_000


class ImportQuery(Options):
    """With `dry` nothing is touched. The rest holds where a file says nothing by itself."""

    dry: bool = False


class Imported(Record):
    """What became of each article, or would become of it."""

    items: tuple[Line, ...]


@operation(
    "POST",
    "/api/articles/import",
    "Bring articles in from a Markdown, HTML or CSV file or a zip of them; `?dry=true` only tells",
    answers=Imported,
    uploads=True,
)
async def import_articles(call: Call) -> Imported:
    require(call.actor, Permission.ARTICLE_MANAGE)
    query = read_query(call.request, ImportQuery)
    part = FilePart(call.request, UPLOAD_BYTES)
    content = b"".join([chunk async for chunk in part.chunks()])
    # What is packed takes a while to unpack.
    files = await asyncio.to_thread(files_of, part.name or "", content)
    parts = call.parts
    bringing = Bringing(parts.store, parts.dispatch, parts.clock, call.actor)
    options = Options(**query.model_dump(exclude={"dry"}))
    return Imported(items=tuple(await bringing.bring(files, options, dry=query.dry)))


OPERATIONS = (import_articles,)
