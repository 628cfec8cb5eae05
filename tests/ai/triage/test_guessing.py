"""Guesses from examples and cues: who votes, who is sure, what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from ai.retrieval.embedding import Vectors
from ai.retrieval.vectors import Vector
from ai.triage.asking import ALONE, Sorted, joined
from ai.triage.cues import read_cues
from ai.triage.guessing import SKILL_AT_MOST, Guesser
from ai.triage.nearest import Example, Nearest
from ai.triage.summary import summary_of
from ai.triage.texts import TicketText
from domain.triage.state import Mood

BIKES = [
    Example("Bikes: brake, tyre, puncture", "en", "bikes", 0.5),
    Example("My tyre has a puncture.", "en", "bikes", 0.5, "rides"),
]
BILLS = [
    Example("Bills: invoice, payment, charged", "en", "bills", 0.5),
    Example("I was charged twice for one invoice.", "en", "bills", 0.5, "shop"),
]


def guesser(*more: Example) -> Guesser:
    return Guesser([*BIKES, *BILLS, *more], [], [], {"s": "Spanish"})


def best(nearest: Nearest, text: str, inbox_id: str | None = None) -> str:
    scores = nearest.scores(text, "en", inbox_id, None)
    return max(scores, key=lambda each: scores[each])


def test_the_nearest_examples_decide_even_where_words_are_mistyped():
    nearest = Nearest([*BIKES, *BILLS])

    assert best(nearest, "a punctre in my tyres") == "bikes"
    assert best(nearest, "the invoce says something else") == "bills"


def test_an_example_makes_what_is_like_it_surer():
    ticket = TicketText("Thingamajig", "The thingamajig wobbles.")
    before = guesser().guess(ticket, None).category

    after = guesser(Example("A wobbling thingamajig", "en", "bikes", 0.5)).guess(ticket, None)

    assert before
    assert after.category
    assert after.category.label == "bikes"
    assert after.category.confidence > before.confidence


def test_where_it_came_in_tips_the_scales_and_no_more():
    nearest = Nearest([*BIKES, *BILLS])

    assert best(nearest, "Hello, I need help.", "shop") == "bills"
    assert best(nearest, "Hello, I need help.", "rides") == "bikes"
    assert best(nearest, "My tyre has a puncture.", "shop") == "bikes"


def test_meaning_counts_where_every_example_has_a_vector():
    vectors: Vectors = np.eye(4, dtype=np.float32)
    examples = [
        each._replace(vector=vector) for each, vector in zip(BIKES + BILLS, vectors, strict=True)
    ]

    scores = Nearest(examples).scores("Nothing of this", "en", None, vectors[3])

    assert scores["bills"] > scores["bikes"]


def test_texts_are_not_alike_for_being_in_a_language_that_the_model_does_not_know():
    strange, of_bikes, of_bills = np.eye(3, dtype=np.float32)

    def foreign(meaning: Vector) -> Vector:
        both = 4 * strange + meaning
        return both / np.linalg.norm(both)

    examples = [
        Example("", "es", label, 0.5, vector=foreign(meaning))
        for label, meaning in (("bikes", of_bikes), *[("bills", of_bills)] * 9)
    ]

    scores = Nearest(examples).scores("", "es", None, foreign(of_bikes))

    assert scores["bikes"] > scores["bills"]


def test_without_any_category_none_is_guessed():
    assert Guesser([], [], [], {}).guess(TicketText("Hello", "You"), None).category is None


@pytest.mark.parametrize(
    ("title", "body", "priority"),
    [
        ("Thanks", "Just wanted to say: well done, lovely people.", "low"),
        ("Help", "I am stranded with two kids and it is getting dark right now", "urgent"),
        ("Ayuda", "Me acaba de atropellar un coche, sangro mucho, ¡necesito ayuda ya!", "urgent"),
        ("STILL NOTHING!!", "This is the THIRD time. Unacceptable! I want it TODAY.", "high"),
        ("Wrong amount", "You took 79 where the plan says 59.", "medium"),
    ],
)
def test_how_urgent_it_sounds(title: str, body: str, priority: str):
    assert guesser().guess(TicketText(title, body), None).priority.label == priority


@pytest.mark.parametrize(
    ("body", "mood"),
    [
        ("Thanks for the lovely service!", Mood.GLAD),
        ("I'm furious. This is UNACCEPTABLE.", Mood.UPSET),
        ("Estoy harto, esto es inaceptable.", Mood.UPSET),
        ("Where do I find the invoice?", Mood.CALM),
    ],
)
def test_how_its_writer_feels(body: str, mood: Mood):
    assert guesser().guess(TicketText("A word", body), None).mood is mood


def test_a_language_that_is_a_skill_is_wanted_and_never_sure():
    skill = guesser().guess(TicketText("Hola", "No me llega el paquete que pedí"), None).skill

    assert skill
    assert (skill.label, skill.confidence) == ("s", SKILL_AT_MOST)


def test_capitals_are_no_cue_in_names_of_two_letters():
    assert read_cues("My GP in UK said so", "en").shouting == 0


def test_a_summary_is_one_of_the_messages_own_sentences():
    start = "Hello there, I hope you are all well 😀. "
    point = "The battery of my bike no longer charges, and the charger of the bike stays red."
    body = f"{start}{point} I had a nice holiday otherwise. We were at the sea for two weeks. Bye!"
    body += " By the way, greetings to everybody in the shop, especially to those I know."

    found = summary_of("Battery and charger", body, "en")

    assert found
    units = body.encode("utf-16-le")
    assert units[found[0] * 2 : found[1] * 2].decode("utf-16-le") == point


def test_what_is_short_has_no_summary():
    assert summary_of("Battery", "It does not charge.", "en") is None


def test_a_model_and_the_examples_who_agree_are_surer_and_its_own_word_is_a_guess():
    guesses = guesser().guess(TicketText("Tyre", "My tyre has a puncture."), None)
    assert guesses.category

    agreed = joined(guesses, Sorted("bikes", "high", Mood.CALM)).category
    alone = joined(guesses, Sorted("bills", "high", Mood.CALM)).category

    assert agreed
    assert agreed.confidence > guesses.category.confidence
    assert alone == ("bills", ALONE)
