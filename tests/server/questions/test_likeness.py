"""Questions that ask the same come together, by meaning where it is known, else by words."""

from __future__ import annotations

import numpy as np

from server.questions.likeness import Likened, grouped, packed, unpacked


def ids(questions: list[Likened]) -> list[list[str]]:
    return [[each.id for each in group] for group in grouped(questions)]


def test_questions_in_the_same_words_are_one_and_others_are_not():
    asked = [
        ("a", "Can I rent a cargo bike?"),
        ("b", "Where do I find opening hours?"),
        ("c", "renting cargo bikes"),
        ("d", "Opening hours"),
        ("e", "cargo"),
    ]
    found = ids([Likened(each, text, "en") for each, text in asked])
    assert found == [["a", "c"], ["b", "d"], ["e"]]


def test_another_language_is_another_question_for_words():
    assert ids([Likened("a", "cargo", "en"), Likened("b", "cargo", "es")]) == [["a"], ["b"]]


def test_what_means_the_same_is_one_whatever_its_words():
    east, near, north = np.eye(2, dtype=np.float32)[0], np.float32([0.8, 0.6]), np.float32([0, 1])
    kept = [unpacked(each) for each in packed(np.stack([east, near, north]))]
    asked = [
        Likened("a", "My bike is gone", "en", "m", kept[0]),
        Likened("b", "It was stolen", "en", "m", kept[1]),
        Likened("c", "My bike is gone", "en", "m", kept[2]),
        Likened("d", "My bike is gone", "en", "other", kept[2]),
    ]
    assert ids(asked) == [["a", "b", "d"], ["c"]]
