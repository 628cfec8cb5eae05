"""Titles and bodies as they are kept."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.ticket.state import Body, Title

TITLE: TypeAdapter[str] = TypeAdapter(Title)
BODY: TypeAdapter[str] = TypeAdapter(Body)
INVISIBLE = (
    "\u200b\u200c\u200d\ufeff",
    "\u00ad",
    "\u2060\u2063",
    "\u200e\u200f\u202a\u202c\u2066\u2069",
    "\u3164\u115f\uffa0\u2800\u034f",
    "\ufe0f\U000e0101\U000e0020",
    "\x00\x1b\x7f\x85",
    " \u00a0\u3000\n\t\u200b",
)


@pytest.mark.parametrize("text", INVISIBLE)
def test_text_that_nobody_sees_counts_as_empty(text: str):
    for kind in (TITLE, BODY):
        with pytest.raises(ValidationError):
            kind.validate_python(text)
        assert kind.validate_python(f"{text}a").endswith("a")


def test_control_characters_are_left_out_and_lines_and_tabs_stay():
    assert BODY.validate_python("a\tb\r\nc\rd\n\x00\x1b[31me\x7f\x9f") == "a\tb\nc\nd\n[31me"


def test_a_title_is_one_line():
    assert TITLE.validate_python(" no\r\nprinter\there\x07 \n") == "no printer here"


def test_text_from_right_to_left_stays_and_nothing_turns_the_order_around():
    hebrew = "\u200fשלום \u2067(abc)\u2069 עולם\u200f"
    family = "👩\u200d👩\u200d👧 ok\ufe0f می\u200cخواهم"

    assert BODY.validate_python(hebrew) == hebrew
    assert BODY.validate_python(family) == family
    assert BODY.validate_python("invoice\u202efdp.exe\u202dx") == "invoicefdp.exex"


def test_what_was_cleaned_once_stays_as_it_is():
    once = BODY.validate_python("a\r\n\x1b\u202eb")

    assert BODY.validate_python(once) == once
