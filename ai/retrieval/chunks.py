"""Articles in pieces small enough to be an answer: by headings, with lists, tables, code whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ai.retrieval.plain import paragraphs_of
from ai.retrieval.words import Text

MOST = 180
"""Words and signs of a chunk. A model reads 256 of its own pieces, of which a word may be two."""
_markdown = MarkdownIt("commonmark").enable("table")
_SIGN = re.compile(r"\w{1,400}|[^\w\s]")
_NEWLINE = re.compile(r"\r\n?|\n")
"""What Markdown counts as the end of a line, and nothing else: by these counts it is cut."""
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


class Chunk(NamedTuple):
    """A piece of an article: its text in Markdown, and the headings that it stands under."""

    article_id: str
    version: int
    place: int
    title: str
    path: tuple[str, ...]
    text: str
    language: str
    public: bool

    @property
    def id(self) -> str:
        return f"{self.article_id}:{self.version}:{self.place}"

    @property
    def plain(self) -> str:
        """Its words, as they are searched."""
        return "\n".join(paragraphs_of(self.text))

    @property
    def embedded(self) -> str:
        """What a model is given: where it stands, and its words."""
        return "\n".join((" › ".join((self.title, *self.path)), self.plain))


def digest(embedded: str) -> bytes:
    """What the vector of a text is kept under: the same text has the same, wherever it stands."""
    return hashlib.sha256(embedded.encode()).digest()[:16]


def chunks_of(text: Text, version: int) -> list[Chunk]:
    """The chunks of an article in their order, each at most `MOST` words; its summary begins the
    first."""
    pieces = list(_pack(_pieces(text))) or [((), "")]
    return [
        Chunk(text.id, version, place, text.title, path, piece, text.language, text.public)
        for place, (path, piece) in enumerate(pieces)
    ]


def size(text: str) -> int:
    """How many words and signs a text has."""
    return len(_SIGN.findall(text))


_Piece = tuple[tuple[str, ...], str]


def _pieces(text: Text) -> Iterator[_Piece]:
    """What must not be torn, in its order, each under its headings."""
    if text.summary.strip():
        yield (), text.summary.strip()
    path: list[tuple[int, str]] = []
    for block in _blocks(text.body):
        if block.kind == "heading":
            path = [(level, name) for level, name in path if level < block.level]
            path.append((block.level, block.text))
            continue
        headings = tuple(name for _, name in path if name and name != text.title)
        for part in _bounded(block):
            yield headings, part


def _pack(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Neighbours under the same headings in one chunk, as long as they fit."""
    path: tuple[str, ...] = ()
    held: list[str] = []
    room = MOST
    for headings, part in pieces:
        needs = size(part)
        if held and (headings != path or needs > room):
            yield path, "\n\n".join(held)
            held, room = [], MOST
        path = headings
        held.append(part)
        room -= needs
    if held:
        yield path, "\n\n".join(held)


class _Block(NamedTuple):
    kind: str
    """heading, list, table, fence, code or text."""
    level: int
    text: str
    starts: tuple[int, ...] = ()
    """Lines at which a list's items begin."""


def _blocks(markdown: str) -> Iterator[_Block]:
    """The blocks of the top level, each as it was written."""
    tokens = _markdown.parse(markdown)
    lines = _NEWLINE.split(markdown)
    for number, token in enumerate(tokens):
        if token.level or token.nesting < 0 or token.map is None:
            continue
        first, last = token.map
        source = "\n".join(lines[first:last]).rstrip().strip("\n")
        if token.type == "heading_open":
            words = " ".join(paragraphs_of(source))
            yield _Block("heading", int(token.tag[1:]), words)
        elif source.strip():
            starts = tuple(each - first for each in _items(tokens, number))
            yield _Block(_KINDS.get(token.type, "text"), 0, source, starts)


_KINDS = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "fence",
    "code_block": "code",
}


def _items(tokens: list[Token], number: int) -> Iterator[int]:
    """The lines at which the items of the list at `number` begin."""
    for token in tokens[number + 1 :]:
        if token.level == 0:
            return
        if token.type == "list_item_open" and token.level == 1 and token.map:
            yield token.map[0]


def _bounded(block: _Block) -> list[str]:
    """A block whole where it fits; else in parts that each can be read by themselves."""
    if size(block.text) <= MOST:
        return [block.text]
    lines = block.text.split("\n")
    match block.kind:
        case "list":
            edges = [*block.starts, len(lines)]
            items = ["\n".join(lines[a:b]).rstrip() for a, b in pairwise(edges)]
            return list(_gather(items, "\n"))
        case "table":
            head = "\n".join(lines[:2]) + "\n"
            return [head + part for part in _gather(lines[2:], "\n", size(head))]
        case "fence":
            fence = re.match(r"[ ]*(`+|~+)", lines[0])
            close = fence[1] if fence else "```"
            inner = lines[1:-1] if lines[-1].strip().startswith(close) else lines[1:]
            return [f"{lines[0]}\n{part}\n{close}" for part in _gather(inner, "\n", 8)]
        case "code":
            return list(_gather(lines, "\n"))
        case _:
            return list(_gather(_SENTENCE.split(block.text), " "))


def _gather(parts: Iterable[str], between: str, taken: int = 0) -> Iterator[str]:
    """Parts put together again as far as they fit beside `taken`; what is too long alone is cut."""
    held: list[str] = []
    most = max(MOST // 2, MOST - taken)
    room = most
    for part in (piece for each in parts for piece in _cut(each, most)):
        needs = size(part)
        if held and needs > room:
            yield between.join(held)
            held, room = [], most
        held.append(part)
        room -= needs
    if held:
        yield between.join(held)


def _cut(text: str, most: int) -> Iterator[str]:
    """A text in runs of at most `most` words."""
    signs = list(_SIGN.finditer(text))
    starts = [sign.start() for sign in signs[most::most]]
    for start, end in pairwise((0, *starts, len(text))):
        yield text[start:end].rstrip() if starts else text
