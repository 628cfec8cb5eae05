"""Regular expressions behave as MongoDB's do, or are refused."""

import re

import pytest
from bson.regex import Regex

from server.embedded.bounds import path_bounds
from server.embedded.errors import MongoError
from server.embedded.keys import key
from server.embedded.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "options", "text", "wanted"),
    [
        ("^fi", "", "five", True),
        ("FIVE", "i", "five", True),
        ("ÉTÉ", "i", "été", True),
        (r"^\w+$", "", "été", False),
        (r"^\w+$", "i", "été", False),
        (r"^[\w]+$", "i", "ete_1", True),
        (r"^[\w]+$", "i", "été", False),
        (r"^\d$", "", "٣", False),
        (r"a\b", "", "aé", True),
        (r"[]a]", "", "]", True),
        (r"[^]a]", "", "b", True),
        (r"[^]a]", "", "]", False),
        (r"[[]", "", "[", True),
        (r"\[\w\]", "", "[x]", True),
        (r"\\w", "", "\\w", True),
        ("^b", "m", "a\nb", True),
        ("a.b", "s", "a\nb", True),
        ("a b # said", "x", "ab", True),
        ("a$", "", "a\n", True),
    ],
)
def test_a_pattern_matches_as_it_should(pattern, options, text, wanted):
    assert compile_pattern(pattern, options)(text) is wanted
    flags = {"i": re.I, "m": re.M, "s": re.S, "x": re.X, "": 0}[options]
    assert compile_pattern(Regex(pattern, flags), "")(text) is wanted


@pytest.mark.parametrize(
    ("pattern", "options", "code"),
    [
        ("[[:alpha:]]", "", 238),
        (r"a\Z", "", 238),
        (r"[\W]", "", 238),
        (r"\p{L}", "", 51091),
        ("(", "", 51091),
        ("a", "u", 51108),
        (5, "", 2),
    ],
)
def test_what_python_would_read_differently_is_refused(pattern, options, code):
    with pytest.raises(MongoError) as refusal:
        compile_pattern(pattern, options)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [
        ("^abc", "abc"),
        ("^ab?c", "a"),
        ("^ab*c", "a"),
        ("^ab{2}", "a"),
        ("^ab+", "ab"),
        (r"^a\.b", "a.b"),
        ("^a.b", "a"),
        (r"^a\d", "a"),
        ("^a|b", None),
        ("abc", None),
        ("^(a)", None),
        ("^", None),
    ],
)
def test_the_literal_start_of_a_pattern_is_a_range(pattern, prefix):
    bounds = path_bounds("a", [{"$regex": pattern, "$options": ""}], False)

    if prefix is None:
        assert bounds is None
    else:
        assert bounds is not None
        (low, _), _ = bounds.ranges[0]
        assert low == key(prefix)[:-1]
        assert path_bounds("a", [{"$regex": pattern, "$options": "i"}], False) is None
