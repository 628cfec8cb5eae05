"""Patterns behave as MongoDB's do, or are refused."""

import re

import pytest
from bson.regex import Regex

from server.embedded.errors import MongoError
from server.embedded.patterns import as_regex, compile_pattern, literal_prefix


@pytest.mark.parametrize(
    ("pattern", "options", "text", "wanted"),
    [
        ("^fi", "", "five", True),
        ("FIVE", "i", "five", True),
        ("ÉTÉ", "i", "été", True),
        (r"\\w", "", "\\w", True),
        (r"a\.b\ c\-", "", "a.b c-", True),
        (r"a\.b", "", "axb", False),
        (r"\[a\]", "", "[a]", True),
        ("^a$", "", "a", True),
        ("^a$", "", "ba", False),
        ("a$", "", "a\n", True),
        ("a$", "", "ab", False),
        ("", "", "anything", True),
        ("i", "i", "I", True),
        ("I", "i", "i", True),
        ("i", "i", "ı", False),
        ("i", "i", "İ", False),
        ("ı", "i", "I", False),
        ("s", "i", "ſ", True),
        ("K", "i", "k", True),
        (re.escape("a[b](c)? é#\n"), "i", "A[B](C)? É#\n", True),
    ],
)
def test_a_pattern_matches_as_it_should(pattern, options, text, wanted):
    assert compile_pattern(as_regex(pattern, options))(text) is wanted
    flags = re.I if options else 0
    assert compile_pattern(as_regex(Regex(pattern, flags), None))(text) is wanted


@pytest.mark.parametrize(
    ("pattern", "options", "code"),
    [
        ("[a]", "", 238),
        ("[[:alpha:]]", "", 238),
        (r"a\Z", "", 238),
        (r"\w", "", 238),
        (r"\p{L}", "", 238),
        (r"(a)\1", "", 238),
        ("(?i)a", "", 238),
        ("a{,2}", "", 238),
        ("a{2}", "", 238),
        ("a.b", "", 238),
        ("a|b", "", 238),
        ("(a+)+$", "", 238),
        ("a^", "", 238),
        ("$a", "", 238),
        ("(", "", 238),
        ("a", "m", 238),
        ("a", "s", 238),
        ("a", "x", 238),
        ("a\\", "", 238),
        ("a" * 40_000, "", 51091),
        ("a\x00", "", 2),
        ("a", "q", 51108),
        (5, "", 2),
        (Regex("a", re.I), "m", 2),
        (Regex("a", re.I), "", 2),
        (Regex("a", re.M), None, 238),
    ],
)
def test_what_is_not_a_text_is_refused(pattern, options, code):
    with pytest.raises(MongoError) as refusal:
        compile_pattern(as_regex(pattern, options))

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [
        ("^abc", "abc"),
        ("^abc$", "abc"),
        (r"^a\.b", "a.b"),
        (r"^a\\b", "a\\b"),
        ("abc", ""),
        ("^", ""),
    ],
)
def test_the_literal_start_of_a_pattern_is_what_all_its_strings_begin_with(pattern, prefix):
    assert literal_prefix(Regex(pattern)) == prefix
    assert literal_prefix(Regex(pattern, re.I)) == ""
