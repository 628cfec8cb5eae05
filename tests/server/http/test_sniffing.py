"""What an upload is and may be called."""

from __future__ import annotations

import pytest

from server.http.sniffing import NAME_MAX, media_type_of, safe_name


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(8), "image/png"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"<!doctype html><script>steal()</script>", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='steal()'/>", "text/plain"),
        ("Grüße".encode(), "text/plain"),
        ("Grüße".encode()[:-3], "text/plain"),
        (b"\xff\xfe\xfd", "application/octet-stream"),
        (b"text\x00with a hole", "application/octet-stream"),
        (b"", "text/plain"),
    ],
)
def test_the_bytes_say_what_a_file_is_and_markup_is_only_text(head: bytes, media_type: str):
    assert media_type_of(head) == media_type


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\invoice.pdf", "invoice.pdf"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("line\r\nSet-Cookie: a=b", "line__Set-Cookie_ a=b"),
        ('quo"te.txt', "quo_te.txt"),
        ("Gru\u0308\u00dfe.txt", "Gr\u00fc\u00dfe.txt"),
        ("...", "file"),
        ("", "file"),
        (".hidden", "hidden"),
    ],
)
def test_a_name_is_one_on_every_system(given: str, kept: str):
    assert safe_name(given) == kept


def test_a_long_name_keeps_its_ending():
    assert safe_name("x" * 300 + ".pdf") == "x" * (NAME_MAX - 4) + ".pdf"
    assert len(safe_name("x" * 300)) == NAME_MAX
