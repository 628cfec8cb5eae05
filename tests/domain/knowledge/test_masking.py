"""What many read has nobody's name, address or number in it."""

from __future__ import annotations

import pytest

from domain.knowledge.masking import masked


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("write to ada.l+x@mail.example.org now", "write to … now"),
        ("call +44 20 7946 0958 today", "call … today"),
        ("card 4111-1111-1111-1111", "card …"),
        ("order 100200300 and HX-20417", "order … and …"),
        ("frame SW2023A117", "frame …"),
        ("It takes 5 days and 80 km, in 2026", "It takes 5 days and 80 km, in 2026"),
        ("error E23 on the display", "error E23 on the display"),
    ],
)
def test_addresses_numbers_and_codes_are_hidden(text: str, hidden: str):
    assert masked(text) == hidden


def test_names_are_hidden_as_they_are_written_and_words_like_them_stay():
    text = "Hello, Will Turner here. I will wait, says Turner."
    assert masked(text, ["Will Turner"]) == "Hello, … here. I will wait, says …."
    assert masked("Jo and Li", ["Li"]) == "Jo and Li"
