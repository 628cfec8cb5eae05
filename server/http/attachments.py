"""Files: up as a stream, down to whoever may read the message they are in."""

from __future__ import annotations

from starlette.responses import FileResponse

from domain.access import Permission, allows
from domain.errors import CommandIdReused, Forbidden, NotFound, RateLimited
from domain.message import Audience, derived_id
from domain.ticket.state import Attachment, Visibility
from server.http.multipart import FilePart
from server.http.operation import Call, operation
from server.http.sniffing import media_type_of, safe_name
from server.http.tickets import load_readable
from server.store.attachments import AttachmentFolder, StoredFile, count_unused, find_file
from server.store.messages import Messages

UNUSED_MAX = 50
"""So many files somebody may have uploaded without putting them into a message."""
POLICY = "default-src 'none'; sandbox"


@operation(
    "POST",
    "/api/attachments",
    "Upload a file, to be named in one message afterwards",
    answers=Attachment,
    status=201,
    uploads=True,
)
async def upload(call: Call) -> Attachment:
    await _admit(call)
    part = FilePart(call.request, call.parts.settings.attachment_max_bytes)
    folder = _folder(call)
    file_id = derived_id(call.actor.id, call.command_id, "attachment")
    draft = await folder.receive(part.chunks())
    file = StoredFile(
        id=file_id,
        uploader=call.actor.id,
        name=safe_name(part.name or ""),
        media_type=media_type_of(draft.head),
        size=draft.size,
        digest=draft.digest,
        at=call.parts.clock.now(),
    )
    kept = await folder.keep(draft, file)
    if (kept.digest, kept.name) != (file.digest, file.name):
        raise CommandIdReused("This Idempotency-Key was used for another file.")
    return kept.as_attachment()


@operation("GET", "/api/attachments/{id}", "Download a file", media_type="application/octet-stream")
async def download(call: Call) -> FileResponse:
    file = await find_file(call.id())
    if file is None or not await _may_read(call, file):
        raise NotFound("There is no such file.")
    path = _folder(call).path_of(file.id)
    if not path.exists():
        raise NotFound("There is no such file.")
    return FileResponse(
        path,
        media_type=file.media_type,
        filename=file.name,
        content_disposition_type="attachment",
        headers={"Content-Security-Policy": POLICY},
    )


async def _admit(call: Call) -> None:
    """Before a byte is read: may they write at all, and not only fill the disk?"""
    writes = (Permission.TICKET_OPEN, Permission.TICKET_REPLY, Permission.TICKET_NOTE)
    if not any(allows(call.actor, permission) for permission in writes):
        raise Forbidden("You may not write in tickets.")
    if await count_unused(call.actor.id) >= UNUSED_MAX:
        raise RateLimited(
            f"{UNUSED_MAX} of your files are in no message yet; send them first.",
            fields={"retry_after": 60},
        )


async def _may_read(call: Call, file: StoredFile) -> bool:
    """In no message: only its uploader. In one: who may read that message, while it is there."""
    if file.ticket_id is None or file.message_id is None:
        return file.uploader in call.actor.identities
    message = await Messages(call.parts.store).load(file.message_id)
    if message is None or all(each.id != file.id for each in message.attachments):
        return False
    private = message.visibility is Visibility.PRIVATE
    if private and call.actor.audience is not Audience.STAFF:
        return False
    await load_readable(call, file.ticket_id)
    return True


def _folder(call: Call) -> AttachmentFolder:
    return AttachmentFolder(call.parts.settings.attachments_dir)


OPERATIONS = (upload, download)
