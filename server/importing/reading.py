"""A file as articles: what it says of itself, and what its place in the folders says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple, cast

import yaml
from bs4 import BeautifulSoup
from markdownify import markdownify
from pydantic import ValidationError

from domain.knowledge.state import ArticleBody, Headline, Language, Reach, Source, Stage, Summary
from domain.message import Record
from server.importing.files import Bad, File, Wrong

FRONT_BYTES = 8_000
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_HARMFUL = (
    *("script", "style", "iframe", "object", "embed", "form", "input", "button", "template"),
    *("noscript", "svg", "math", "link", "meta", "nav", "head"),
)
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:opacity|font-size)\s*:\s*0(?![\d.])",
    re.IGNORECASE,
)
_LINKS = re.compile(r"^(?:https?:|mailto:|tel:|/|#|[^:]*$)", re.IGNORECASE)
SAID = frozenset({"title", "body", "summary", "category", "language", "reach", "stage"})


class Read(Record):
    """An article as a file has it. What the file does not say is None; `category` is a name."""

    source: Source
    title: Headline
    body: ArticleBody
    summary: Summary | None = None
    category: str | None = None
    language: Language | None = None
    reach: Reach | None = None
    stage: Stage | None = None


class Found(NamedTuple):
    """One article of an import, or why there is none at this place."""

    source: str
    article: Read | Bad


def read(file: File) -> Iterator[Found]:
    """The articles of a file, each by itself: a bad one keeps no other from coming in."""
    try:
        if isinstance(file.content, Bad):
            raise file.content
        text = _decoded(file.content)
        if file.path.lower().endswith(".csv"):
            yield from _rows(file.path, text)
            return
        html = file.path.lower().endswith((".html", ".htm"))
        said = _of_html(text) if html else _of_markdown(text)
        yield Found(file.path, _article(file.path, said))
    except Bad as bad:
        yield Found(file.path, bad)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Bad(Wrong.NOT_UTF8) from None


def _of_markdown(text: str) -> dict[str, Any]:
    front = _FRONT.match(text)
    said = _front_matter(front[1] or "") if front else {}
    body = text[front.end() :] if front else text
    if heading := _HEADING.match(body):
        said.setdefault("title", heading[1])
        if heading[1] == said["title"]:
            body = body[heading.end() :]  # The page shows the title by itself.
    return {**said, "body": body.strip("\n")}


def _front_matter(text: str) -> dict[str, Any]:
    """The words of it that are known; raises Bad for what is no list of names and words."""
    if len(text) > FRONT_BYTES:
        raise Bad(Wrong.FRONT_MATTER, "too long")
    try:
        said: object = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise Bad(Wrong.FRONT_MATTER, f"line {mark.line + 2}" if mark else "") from None
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Bad(Wrong.FRONT_MATTER)
    named = cast("dict[object, object]", said)
    found: dict[str, Any] = {}
    for name in SAID - {"body"}:
        value = named.get(name)
        if value is None:
            continue
        if not isinstance(value, str | int | float):
            raise Bad(Wrong.FRONT_MATTER, name)
        found[name] = str(value)
    return found


def _of_html(text: str) -> dict[str, Any]:
    """What is shown of a page, as Markdown; nothing of it that would be carried out."""
    try:
        page = BeautifulSoup(text, "html.parser")
        titled = page.find("title")
        heading = page.find("h1")
        title = heading or titled
        said = {"title": title.get_text(" ", strip=True)} if title else {}
        if described := page.find("meta", attrs={"name": "description"}):
            said["summary"] = str(described.get("content") or "")[:500]
        if (root := page.find("html")) and root.get("lang"):
            said["language"] = str(root["lang"]).split("-", 1)[0].lower()
        if heading:
            heading.decompose()
        for harmful in page(_HARMFUL):
            harmful.decompose()
        for unseen in [*page(hidden=True), *page(style=_UNSEEN)]:
            unseen.decompose()  # Whoever looked at the page did not read it.
        for link in page("a"):
            if not _LINKS.match(str(link.get("href") or "").strip()):
                link.unwrap()
        for picture in page("img"):
            picture.decompose()  # It would be fetched from elsewhere.
        within = page.find("main") or page.find("article") or page.find("body") or page
        body = markdownify(str(within), heading_style="ATX")
    except RecursionError:
        raise Bad(Wrong.UNREADABLE, "too deep") from None
    return {**said, "body": re.sub(r"\n{3,}", "\n\n", body).strip()}


def _rows(path: str, text: str) -> Iterator[Found]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="")
    try:
        named = [name.strip().lower() for name in rows.fieldnames or ()]
        if not {"title", "body"} <= set(named):
            raise Bad(Wrong.NO_COLUMNS, "title, body")
        rows.fieldnames = named
        for row in rows:
            # Its title is what stays of a row: lines move.
            title = (row.get("title") or "").strip()
            source = f"{path}#{title}" if title else f"{path}:{rows.line_num}"
            said = {name: value for name, value in row.items() if name in SAID and value}
            try:
                yield Found(source, _article(source, said))
            except Bad as bad:
                yield Found(source, bad)
    except csv.Error:
        yield Found(f"{path}:{rows.line_num}", Bad(Wrong.UNREADABLE))


def _article(source: str, said: Mapping[str, Any]) -> Read:
    """With what the place says where the file itself says nothing."""
    if not (said.get("body") or "").strip():
        raise Bad(Wrong.NO_TEXT)
    path = PurePosixPath(source.partition("#")[0])
    folders = path.parts[:-1]
    language = next((each for each in folders if re.fullmatch(r"[a-z]{2}", each)), None)
    subject = next((each for each in reversed(folders) if each != language), None)
    placed = {
        "title": path.stem.replace("-", " ").replace("_", " ").strip().capitalize(),
        "language": language,
        "category": subject,
    }
    try:
        return Read.model_validate({**placed, **said, "source": source})
    except ValidationError as error:
        wrong = ", ".join(sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]}))
        raise Bad(Wrong.INVALID, wrong) from None
