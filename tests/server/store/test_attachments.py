"""Uploaded files: on disk whole or not at all, in one message, gone when they are erased."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Actor
from domain.message import ActorKind, ActorRef
from domain.ticket.state import Message, Visibility
from server.store import attachments
from server.store.attachments import (
    CLAIM_MS,
    AttachmentFolder,
    DiskFull,
    StoredFile,
    bind_uploads,
    claim_uploads,
    count_unused,
    find_file,
)
from server.store.connect import Store

NOW = 1_700_000_000_000
ME, OTHER, EARLIER_ME = (str(uuid4()) for _ in range(3))
ACTOR = Actor(kind=ActorKind.CLIENT, id=ME, contact_ids=(ME, EARLIER_ME), guest=False)


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def upload(folder: AttachmentFolder, *, uploader: str = ME, at: int = NOW) -> StoredFile:
    """A file as the door keeps one."""
    draft = await folder.receive(stream(b"hello ", b"world"))
    file = StoredFile(
        id=str(uuid4()),
        uploader=uploader,
        name="hello.txt",
        media_type="text/plain",
        size=draft.size,
        digest=draft.digest,
        at=at,
    )
    return await folder.keep(draft, file)


def message_with(*files: StoredFile) -> Message:
    return Message(
        id=str(uuid4()),
        ticket_id=str(uuid4()),
        seq=2,
        at=NOW,
        author=ActorRef(kind=ActorKind.CLIENT, id=ME),
        visibility=Visibility.PUBLIC,
        body="see the file",
        attachments=tuple(file.as_attachment() for file in files),
    )


@pytest.fixture
def folder(tmp_path: Path, store: Store) -> AttachmentFolder:
    return AttachmentFolder(tmp_path / "attachments")


def files_in(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()]


async def test_a_file_is_kept_with_its_size_and_digest_and_only_its_owner_may_read_it(
    folder: AttachmentFolder, tmp_path: Path
):
    file = await upload(folder)

    path = folder.path_of(file.id)
    assert path.read_bytes() == b"hello world"
    assert path.stat().st_mode & 0o777 == 0o600
    assert files_in(tmp_path) == [path]
    assert await find_file(file.id) == file
    assert (file.size, len(file.digest)) == (11, 64)


async def test_a_stream_that_breaks_leaves_nothing(folder: AttachmentFolder, tmp_path: Path):
    async def broken() -> AsyncIterator[bytes]:
        yield b"half of it"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await folder.receive(broken())

    assert files_in(tmp_path) == []


async def test_a_full_disk_is_said_and_leaves_nothing(
    folder: AttachmentFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def on_a_full_disk(path: Path) -> Any:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb")

    monkeypatch.setattr(attachments, "_create", on_a_full_disk)

    with pytest.raises(DiskFull, match="no room") as refused:
        await folder.receive(stream(b"x" * 100_000))

    assert refused.value.retryable
    assert files_in(tmp_path) == []


async def test_a_repeated_upload_gives_the_same_file_and_another_one_under_its_id_changes_nothing(
    folder: AttachmentFolder, tmp_path: Path
):
    file = await upload(folder)

    again = await folder.keep(await folder.receive(stream(b"hello world")), file.model_copy())
    other = file.model_copy(update={"digest": "0" * 64})
    refused = await folder.keep(await folder.receive(stream(b"other bytes")), other)

    assert (again, refused) == (file, file)
    assert folder.path_of(file.id).read_bytes() == b"hello world"
    assert files_in(tmp_path) == [folder.path_of(file.id)]


async def test_an_upload_that_a_crash_left_without_bytes_is_healed_by_its_repeat(
    folder: AttachmentFolder,
):
    file = await upload(folder)
    folder.path_of(file.id).unlink()

    await folder.keep(await folder.receive(stream(b"hello world")), file.model_copy())

    assert folder.path_of(file.id).read_bytes() == b"hello world"


async def test_only_the_uploader_can_put_a_file_into_a_message(folder: AttachmentFolder):
    mine, earlier = await upload(folder), await upload(folder, uploader=EARLIER_ME)
    others = await upload(folder, uploader=OTHER)

    claimed = await claim_uploads(
        [earlier.id, others.id, str(uuid4()), mine.id], ACTOR, str(uuid4()), NOW
    )

    assert [each.id for each in claimed] == [earlier.id, mine.id]


async def test_of_two_messages_at_once_one_gets_the_file_and_its_repeat_gets_it_again(
    folder: AttachmentFolder,
):
    file = await upload(folder)
    ids = [str(uuid4()) for _ in range(8)]

    claims = await asyncio.gather(*(claim_uploads([file.id], ACTOR, each, NOW) for each in ids))

    winners = [each for each, claimed in zip(ids, claims, strict=True) if claimed]
    assert len(winners) == 1
    assert await claim_uploads([file.id], ACTOR, winners[0], NOW)
    assert await claim_uploads([file.id], ACTOR, f"follow_up:{winners[0]}", NOW)


async def test_a_claim_of_a_command_that_came_to_nothing_runs_out(folder: AttachmentFolder):
    file = await upload(folder)
    await claim_uploads([file.id], ACTOR, str(uuid4()), NOW)

    assert not await claim_uploads([file.id], ACTOR, str(uuid4()), NOW + CLAIM_MS)
    assert await claim_uploads([file.id], ACTOR, str(uuid4()), NOW + CLAIM_MS + 1)


async def test_a_file_belongs_to_the_first_message_that_was_committed_with_it(
    folder: AttachmentFolder,
):
    file = await upload(folder)
    first = message_with(file)

    await bind_uploads(first)
    await bind_uploads(message_with(file))

    bound = await find_file(file.id)
    assert bound is not None
    assert (bound.message_id, bound.ticket_id) == (first.id, first.ticket_id)
    assert not await claim_uploads([file.id], ACTOR, str(uuid4()), NOW + 10 * CLAIM_MS)


async def test_erasing_takes_the_bytes_and_what_is_known_of_them(
    folder: AttachmentFolder, tmp_path: Path
):
    file, other = await upload(folder), await upload(folder)

    await folder.erase([file.id])
    await folder.erase([file.id])

    assert await find_file(file.id) is None
    assert files_in(tmp_path) == [folder.path_of(other.id)]


async def test_all_that_was_left_is_erased_however_much_it_is(
    folder: AttachmentFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(attachments, "ERASED_AT_ONCE", 2)
    for _ in range(5):
        await upload(folder)

    assert await folder.erase_unused(before=NOW + 5) == 5

    assert files_in(tmp_path) == []
    assert await count_unused(ME) == 0


async def test_what_no_message_took_in_time_is_erased_and_what_is_in_one_stays(
    folder: AttachmentFolder, tmp_path: Path
):
    old, young, used = await upload(folder), await upload(folder, at=NOW + 10), await upload(folder)
    await bind_uploads(message_with(used))
    assert await count_unused(ME) == 2

    assert await folder.erase_unused(before=NOW + 5) == 1

    assert await find_file(old.id) is None
    assert set(files_in(tmp_path)) == {folder.path_of(young.id), folder.path_of(used.id)}
    assert await count_unused(ME) == 1
