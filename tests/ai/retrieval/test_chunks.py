"""Articles in pieces: what belongs together stays so, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.retrieval.chunks import MOST, chunks_of, digest, size
from ai.retrieval.words import Text

LIST = "".join(f"{number}. Step {number} of the way to the end.\n" for number in range(1, 13))
TABLE = "| way | days |\n|---|---|\n" + "".join(f"| by {each} | {each} |\n" for each in range(12))
CODE = "```sh\n" + "".join(f"make step-{each}\n" for each in range(20)) + "```"


def article(body: str, summary: str = "", title: str = "A title") -> Text:
    return Text("a", title, summary, body, "en", True)


def texts(body: str, summary: str = "") -> list[str]:
    return [chunk.text for chunk in chunks_of(article(body, summary), 1)]


def test_each_section_is_a_chunk_under_its_headings():
    body = "Before.\n\n# One\n\nFirst.\n\n## Two\n\nSecond.\n\nMore.\n\n# Three\n\nThird."
    assert [(each.path, each.text) for each in chunks_of(article(body), 1)] == [
        ((), "Before."),
        (("One",), "First."),
        (("One", "Two"), "Second.\n\nMore."),
        (("Three",), "Third."),
    ]


def test_the_summary_begins_the_first_chunk_and_a_heading_that_is_the_title_says_nothing_new():
    (chunk,) = chunks_of(article("# A title\n\nText.", "In short."), 1)
    assert (chunk.path, chunk.text) == ((), "In short.\n\nText.")
    assert chunk.embedded == "A title\nIn short.\nText."


@pytest.mark.parametrize("block", [LIST.strip(), TABLE.strip(), CODE])
def test_a_block_that_fits_is_never_torn(block: str):
    before = "Words before it. " * 30
    assert any(block in each for each in texts(f"{before}\n\n{block}\n\nAfter."))


def test_a_long_list_is_parted_between_its_items():
    items = "".join(f"- Item {n} has some words,\n  and a second line.\n" for n in range(60))
    parts = texts(items)
    assert len(parts) > 1
    assert all(re.fullmatch(r"(- Item \d+ .*\n  and .*\n?)+", part) for part in parts)


def test_each_part_of_a_long_table_has_its_head():
    parts = texts("| way | days |\n|---|---|\n" + "| somewhere far away | 12 |\n" * 60)
    assert len(parts) > 1
    assert all(part.startswith("| way | days |\n|---|---|\n| some") for part in parts)


def test_each_part_of_long_code_is_code():
    parts = texts("```python\n" + "value = compute(value, 1)\n" * 90 + "```")
    assert len(parts) > 1
    assert all(part.startswith("```python\nvalue") and part.endswith("```") for part in parts)


def test_long_text_is_parted_between_sentences():
    parts = texts("This is one of the sentences of it. " * 60)
    assert len(parts) > 1
    assert all(part.endswith("of it.") for part in parts)


@given(st.text(alphabet="a #-|`\n.1>*", max_size=2_000) | st.text(max_size=500))
def test_whatever_is_written_chunks_are_bounded_and_in_order(body: str):
    chunks = chunks_of(article(body), 3)
    assert [chunk.id for chunk in chunks] == [f"a:3:{place}" for place in range(len(chunks))]
    assert all(size(chunk.text) <= MOST + 20 for chunk in chunks)


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta.", "one", "two"]), max_size=900))
def test_no_word_is_lost(words: list[str]):
    assert " ".join(texts(" ".join(words))).split() == words


def test_one_endless_word_is_cut():
    assert all(len(part) < 100_000 for part in texts("x" * 300_000))
    assert all(size(part) <= MOST for part in texts("x" * 300_000))


def test_an_article_without_text_still_has_its_title():
    (chunk,) = chunks_of(article(""), 1)
    assert chunk.embedded == "A title\n"


def test_a_digest_is_of_what_is_embedded_alone():
    first, again = (chunks_of(article("Text."), version)[0] for version in (1, 2))
    assert digest(first.embedded) == digest(again.embedded)
    assert digest(first.embedded) != digest(chunks_of(article("Else."), 1)[0].embedded)
