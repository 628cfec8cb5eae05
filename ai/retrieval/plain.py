"""Markdown as the words in it: what is searched and shown as an excerpt."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_markdown = MarkdownIt("commonmark").enable("table")


def paragraphs_of(markdown: str) -> list[str]:
    """The text of each block, in order: headings, paragraphs, list items, table cells, code."""
    return [text for token in _markdown.parse(markdown) if (text := _text(token))]


def _text(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return " ".join(token.content.split())
    return " ".join("".join(_inline(token.children or ())).split())


def _inline(children: Iterator[Token] | list[Token] | tuple[()]) -> Iterator[str]:
    for child in children:
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type == "image":
            yield from _inline(child.children or [])
