"""When what was found is shown, when it is asked back, and when people go on."""

from __future__ import annotations

import pytest

from domain.assistant.judging import BY_MEANING, BY_WORDS, Verdict, is_same, judge


@pytest.mark.parametrize(("by_meaning", "bounds"), [(True, BY_MEANING), (False, BY_WORDS)])
def test_what_is_sure_is_shown_and_what_is_likely_asked_back_once(by_meaning: bool, bounds):
    def verdicts(confidence: float) -> list[Verdict]:
        return [judge(confidence, by_meaning=by_meaning, first=each) for each in (True, False)]

    assert verdicts(bounds.sure) == [Verdict.ANSWER, Verdict.ANSWER]
    assert verdicts(bounds.sure - 0.01) == [Verdict.ASK_BACK, Verdict.HAND_OVER]
    assert verdicts(bounds.likely - 0.01) == [Verdict.HAND_OVER, Verdict.HAND_OVER]
    assert verdicts(0.0) == [Verdict.HAND_OVER, Verdict.HAND_OVER]


def test_words_alone_must_be_surer():
    assert BY_WORDS.sure > BY_MEANING.sure


def test_the_same_question_is_known_whatever_its_signs_and_capitals():
    assert is_same("How long?!", ["Hello", "how LONG"])
    assert not is_same("How long now?", ["How long?"])
    assert not is_same("How long?", [])
