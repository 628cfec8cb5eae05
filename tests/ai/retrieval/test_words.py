"""Finding articles by their words, while they are typed."""

from __future__ import annotations

from time import perf_counter

import pytest

from ai.retrieval.highlights import EXCERPT
from ai.retrieval.plain import paragraphs_of
from ai.retrieval.words import Text, WordIndex

REFUNDS = Text(
    "refunds",
    "How long do refunds take?",
    "Five working days after we have it back.",
    "# Refunds\n\nWe pay **back** within five [working](https://x.test) days.\n\n"
    "| by | days |\n|---|---|\n| card | 3 |\n",
    "en",
    True,
)
BATTERY = Text("battery", "Battery range", "", "The battery lasts for 80 km.", "en", True)
RUNBOOK = Text("runbook", "Refund by hand", "", "Ask billing before any refund.", "en", False)
SPANISH = Text(
    "reembolso", "¿Cuánto tarda un reembolso?", "", "Llegan en cinco días hábiles.", "es", True
)


@pytest.fixture
def index() -> WordIndex:
    index = WordIndex()
    index.put([REFUNDS, BATTERY, RUNBOOK, SPANISH])
    return index


def found(index: WordIndex, question: str, **how: object) -> list[str]:
    asked = {"public_only": True, **how}
    return [hit.id for hit in index.search(question, **asked)]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("refund", "refunds"),
        ("When will I be refunded?", "refunds"),
        ("refun", "refunds"),
        ("BATTERIES", "battery"),
        ("how far does the batt", "battery"),
        ("reembolsos", "reembolso"),
        ("cuanto tarda", "reembolso"),
        ("dias habiles ", "reembolso"),
    ],
)
def test_other_forms_beginnings_and_missing_accents_find_it(
    index: WordIndex, question: str, first: str
):
    assert found(index, question)[:1] == [first]


def test_little_words_find_nothing_beside_words_that_say_something(index: WordIndex):
    assert found(index, "what is the range of it, and how do I get that back ") == ["battery"]


def test_a_question_of_little_words_alone_is_searched_all_the_same(index: WordIndex):
    assert found(index, "how long do") == ["refunds"]


def test_what_fits_far_less_than_the_best_is_not_shown(index: WordIndex):
    index.put(
        [Text("bikes", "Bikes", "", "A bike has a battery. " + "Ride it. " * 200, "en", True)]
    )

    assert found(index, "battery range km") == ["battery"]


@pytest.mark.parametrize("question", ["", " ", "?!", "x", "zzzz", "🙂", "a" * 500, "(*)[", "\0"])
def test_what_is_no_question_finds_nothing(index: WordIndex, question: str):
    assert found(index, question) == []


def test_what_is_for_staff_is_found_by_staff(index: WordIndex):
    assert "runbook" not in found(index, "refund")
    assert "runbook" in found(index, "refund", public_only=False)


def test_one_language_can_be_asked_for(index: WordIndex):
    assert found(index, "refund reembolso", language="es") == ["reembolso"]
    assert found(index, "refund", language="fr") == []


def test_words_in_the_title_count_for_more(index: WordIndex):
    index.put([Text("aside", "Opening hours", "", "Ask here for a battery too.", "en", True)])
    assert found(index, "battery") == ["battery", "aside"]


def test_a_text_that_changed_is_found_by_its_new_words_only(index: WordIndex):
    index.put([BATTERY._replace(title="Charging", body="Plug it in.")])
    assert found(index, "battery") == []
    assert found(index, "charging") == ["battery"]

    index.put([BATTERY._replace(language="es", title="Batería", body="Dura 80 km.")])
    assert found(index, "charging") == []
    assert found(index, "bateria") == ["battery"]


def test_what_is_gone_is_found_no_more(index: WordIndex):
    index.put([], gone=["refunds", "never there"])
    assert found(index, "refund") == []


def test_highlights_say_where_the_words_stand(index: WordIndex):
    (hit, *_) = index.search("refund working", public_only=True)
    shown = {each.field: each for each in hit.highlights}
    assert {field: [each.text[a:b] for a, b in each.ranges] for field, each in shown.items()} == {
        "title": ["refunds"],
        "summary": ["working"],
        "body": ["working"],
    }
    assert "**" not in shown["body"].text


def test_an_excerpt_of_a_long_text_is_short_and_has_the_words(index: WordIndex):
    long = "word " * 5_000 + "needle " + "word " * 5_000
    index.put([Text("long", "Long", "", long, "en", True)])
    (hit,) = index.search("needle", public_only=True)
    (highlight,) = hit.highlights
    assert len(highlight.text) <= EXCERPT
    ((start, end),) = highlight.ranges
    assert highlight.text[start:end] == "needle"


def test_a_text_without_words_harms_nobody(index: WordIndex):
    index.put([Text("image", "Picture", "", "![](https://x.test/y.png)", "en", True)])
    (hit,) = index.search("picture", public_only=True)
    assert [each.field for each in hit.highlights] == ["title"]


def test_markdown_is_read_as_its_words():
    listed = "# A *title*\n\n- one\n- `two`\n\n```sh\nmake   demo\n```\n\n"
    inline = "<b>x</b> [link](u) ![alt](i)"
    found = paragraphs_of(listed + inline)
    assert found == ["A title", "one", "two", "make demo", "x link alt"]


def test_long_articles_do_not_hold_up_who_searches_them():
    words = [f"w{number}" for number in range(2_000)]
    body = "\n\n".join(" ".join(words[start:] + words[:start]) for start in range(0, 2_000, 200))
    index = WordIndex()
    index.put(Text(f"{number}", "A long one", "", body, "en", True) for number in range(20))

    def seconds() -> float:
        begun = perf_counter()
        assert len(index.search("w7 w19", public_only=True, limit=20)) == 20
        return perf_counter() - begun

    assert min(seconds() for _ in range(3)) < 0.2
