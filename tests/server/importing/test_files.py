"""The files of an import: wanted ones only, within limits, from no place outside."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from domain.errors import Invalid
from server.importing import files
from server.importing.files import Bad, Wrong, files_in, files_of


def zipped(**named: bytes) -> bytes:
    return packed({name.replace("__", "/") + ".md": text for name, text in named.items()})


def packed(named: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in named.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_a_zip_gives_what_is_wanted_of_it():
    content = packed({"a/b.md": b"B", "pic.png": b"P", "__MACOSX/._b.md": b"x", ".git/c.md": b"x"})
    assert [(file.path, file.content) for file in files_of("all.zip", content)] == [
        ("a/b.md", b"B")
    ]


@pytest.mark.parametrize("path", ["../x.md", "/etc/x.md", "a/../../x.md", "a\\..\\x.md"])
def test_a_path_that_leads_outside_is_named_and_the_others_come_in(path: str):
    bad, good = files_of("all.zip", packed({path: b"x", "good.md": b"G"}))
    assert isinstance(bad.content, Bad)
    assert bad.content.wrong is Wrong.UNSAFE_PATH
    assert good.content == b"G"


def test_a_link_in_a_zip_is_not_followed():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.md")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    [file] = files_of("all.zip", out.getvalue())
    assert isinstance(file.content, Bad)


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    bomb = packed({"bomb.md": b"0" * (files.FILE_BYTES * 20), "good.md": b"G"})
    assert len(bomb) < files.FILE_BYTES / 10
    bad, good = files_of("all.zip", bomb)
    assert isinstance(bad.content, Bad)
    assert bad.content.wrong is Wrong.TOO_LARGE
    assert good.content == b"G"
    monkeypatch.setattr(files, "ALL_BYTES", 10)
    with pytest.raises(Invalid, match="At most"):
        files_of("all.zip", zipped(a=b"x" * 6, b=b"x" * 6))


def test_too_many_none_or_no_zip_are_refused_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "MOST_FILES", 2)
    with pytest.raises(Invalid, match="At most"):
        files_of("all.zip", zipped(a=b"1", b=b"2", c=b"3"))
    for name, content in (("all.zip", b"no zip"), ("all.zip", packed({})), ("a.exe", b"MZ")):
        with pytest.raises(Invalid):
            files_of(name, content)


def test_a_broken_entry_is_named():
    content = bytearray(zipped(a=b"hello " * 50))
    content[40] ^= 0xFF
    [file] = files_of("all.zip", bytes(content))
    assert isinstance(file.content, Bad)
    assert file.content.wrong is Wrong.UNREADABLE


def test_a_folder_is_read_without_its_links(tmp_path: Path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.md").write_text("A")
    (tmp_path / "notes.txt").write_text("no")
    (tmp_path / "out.md").symlink_to("/etc/hostname")
    assert [file.path for file in files_in(tmp_path)] == ["en/a.md"]
    with pytest.raises(OSError, match="nowhere"):
        files_in(tmp_path / "nowhere.md")
