"""Questions and their answers, as others wrote them: the FAQ of Perl and of Python, from Debian.

The answers are searched without their questions: who found an answer by its own question would
only prove that words are equal to themselves.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

PACKAGES = ("perl-doc", "python3.11-doc")
PERL, PYTHON = "share/perl/*/pod/perlfaq[1-9].pod", "share/doc/python3.11/html/_sources/faq/*.txt"
LEAST = 60
"""Characters of an answer that answers; shorter ones only point to another place."""

Kind = TypeVar("Kind")


class Pair(NamedTuple):
    id: str
    question: str
    answer: str
    """In Markdown."""


class MissingPages(Exception):
    """Debian's pages are not here and cannot be had; the text says what brings them."""


def load_pairs(folder: Path) -> list[Pair]:
    """All pairs, in an order of their own; the pages are fetched into `folder` if need be."""
    usr = next((each for each in (Path("/usr"), folder / "usr") if _there(each)), None)
    usr = usr or _fetch(folder)
    pairs = {pair.question: pair for pair in (*_perl(usr), *_python(usr))}
    return sorted(pairs.values(), key=lambda pair: pair.id)


def halves(of: Sequence[Kind], key: str) -> tuple[list[Kind], list[Kind]]:
    """Half for tuning and half that is only reported, drawn by a hash of `key`'s attribute."""
    drawn = sorted(of, key=lambda each: _drawn(getattr(each, key)))
    return drawn[0::2], drawn[1::2]


def _drawn(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _there(usr: Path) -> bool:
    return any(usr.glob(PERL)) and any(usr.glob(PYTHON))


def _fetch(folder: Path) -> Path:
    """Unpack both packages below `folder`; nothing is installed, so that nobody must be root."""
    mend = f"  sudo apt-get install {' '.join(PACKAGES)}"
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise MissingPages(f"The evaluation reads the FAQ of Debian's packages:\n{mend}")
    folder.mkdir(parents=True, exist_ok=True)
    got = subprocess.run(
        ["apt-get", "download", "-q", *PACKAGES], cwd=folder, capture_output=True, text=True
    )
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        package.unlink()
    if not _there(folder / "usr"):
        raise MissingPages(f"apt-get could not fetch Debian's pages:\n{got.stderr.strip()}\n{mend}")
    return folder / "usr"


def _perl(usr: Path) -> Iterator[Pair]:
    for page in sorted(usr.glob(PERL)):
        sections = re.split(r"^=head2 ", page.read_text(errors="replace"), flags=re.MULTILINE)[1:]
        for number, section in enumerate(sections):
            title, _, body = section.partition("\n\n")
            body = re.split(r"^=head1 ", body, maxsplit=1, flags=re.MULTILINE)[0]
            body = re.sub(
                r"^=(over|item|back|cut|for|begin|end|encoding)\b ?", "", body, flags=re.M
            )
            if len(body.strip()) >= LEAST:
                question = " ".join(_unmarked(title).split())
                yield Pair(f"{page.stem}/{number:02}", question, _unmarked(body).strip())


def _unmarked(pod: str) -> str:
    """POD's text without its marks: C<code>, L<name|place>, F<file>."""
    pod = re.sub(r"\bX<[^<>]*>", "", pod)  # For the index of a book.
    for _ in range(3):  # They stand within each other.
        pod = re.sub(r"\b[A-Z]<<+ (.*?) >>+", r"\1", pod, flags=re.DOTALL)
        pod = re.sub(r"\bL<(?:([^<>|]*)\|)?([^<>]*)>", lambda m: m[1] or m[2], pod)
        pod = re.sub(r"\b[BCEFISZ]<([^<>]*)>", r"\1", pod)
    return pod


def _python(usr: Path) -> Iterator[Pair]:
    for page in sorted(usr.glob(PYTHON)):
        lines = page.read_text(errors="replace").splitlines()
        heads = [
            at
            for at, (line, under) in enumerate(pairwise(lines))
            if line.strip() and re.fullmatch(r"([=\-*~^])\1{2,}", under) and len(under) >= len(line)
        ]
        for number, at in enumerate(heads):
            end = heads[number + 1] if number + 1 < len(heads) else len(lines)
            answer = _plain_rst(lines[at + 2 : end])
            if lines[at].strip().endswith("?") and len(answer) >= LEAST:
                yield Pair(f"{page.name.split('.')[0]}/{number:02}", _roles(lines[at]), answer)


def _plain_rst(lines: Sequence[str]) -> str:
    """reStructuredText as its words; what is indented stays so, as Markdown's code does."""
    kept = [
        line for line in lines if not line.startswith(".. ") and not re.match(r"\s+:\w+:", line)
    ]
    return _roles("\n".join(kept)).replace("::\n", ":\n").strip()


def _roles(text: str) -> str:
    text = re.sub(r":[\w:]+:`~?([^`<]*?)(?: ?<[^`]*>)?`", r"\1", text)
    return re.sub(r"`([^`<]+?) ?<[^`]*>`_+", r"\1", text).replace("``", "`").strip()
