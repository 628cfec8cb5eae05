"""The demo company's files: there is enough of them, they agree, and every story is possible."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ai.retrieval.words import Text, WordIndex
from domain.message import ActorKind
from domain.people.shifts import check_shifts, duty
from domain.ticket.state import Status
from server.demo import content
from server.demo.answering import MOST, next_line
from server.demo.content import (
    HERE,
    ContentError,
    load_articles,
    load_company,
    load_exchanges,
    load_lines,
    load_stories,
)
from server.demo.shapes import Story, milliseconds
from server.demo.speech import language_of
from tests.server.demo.playing import OPENED, Played, play

HOUR, DAY = 3_600_000, 86_400_000
STORIES = load_stories()
LOG_INS = {
    "client": "Mia Keller",
    "agent": "Sam Rivera",
    "agent2": "Noor Haddad",
    "supervisor": "Petra Lindqvist",
    "admin": "Ada Moreau",
}


@pytest.fixture(scope="module")
def played() -> dict[str, Played]:
    return {story.slug: play(story) for story in STORIES}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a file in place of one of ours, for a loader that starts anew."""
    loaders = (load_company, load_stories, load_exchanges, load_articles, load_lines)

    def put(name: str, text: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    put("company.toml", (HERE / "company.toml").read_text(encoding="utf-8"))
    monkeypatch.setattr(content, "HERE", tmp_path)
    for loader in loaders:
        monkeypatch.setattr(content, loader.__name__, content.cache(loader.__wrapped__))
    return put


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
def test_a_story_follows_the_rules_from_its_first_step_to_its_last(story: Story):
    assert play(story).ticket.exists


def test_the_log_ins_keep_their_names_and_addresses():
    house = load_company()

    people = {each.key: each.name for each in (*house.agents, *house.customers)}
    mails = {agent.key: agent.email for agent in house.agents}
    (client,) = (each for each in house.customers if each.key == "client")

    assert {key: people[key] for key in LOG_INS} == LOG_INS
    for key in LOG_INS.keys() - {"client"}:
        assert mails[key] == f"{key}@demo.test"
    assert "client@demo.test" in client.emails


def test_the_company_is_as_large_as_promised():
    house = load_company()

    assert Counter(a.role for a in house.agents) == {"agent": 12, "supervisor": 1, "admin": 1}
    assert (len(house.teams), len(house.inboxes)) == (3, 3)
    assert len(house.customers) >= 45
    assert any(len(customer.emails) > 1 for customer in house.customers)


def hours_of_weeks(*mondays: str) -> Iterator[datetime]:
    """Every half an hour of some weeks, on the clock of the company."""
    for monday in mondays:
        begun = datetime.fromisoformat(monday).replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
        for half_hours in range(7 * 48):
            yield begun + timedelta(minutes=30 * half_hours)


def test_everybody_has_hours_and_somebody_is_always_on_shift_beside_the_log_ins():
    agents = load_company().agents
    for each in agents:
        assert each.shifts
        check_shifts(each.shifts)
    assert len({each.zone for each in agents}) >= 4

    for at in hours_of_weeks("2026-01-12", "2026-03-23", "2026-07-13", "2026-10-19"):
        on = [e for e in agents if duty(e.shifts, e.zone, int(at.timestamp()) * 1000).on]
        assert any(each.key in ("agent", "agent2") for each in on), at
        assert any(each.key not in LOG_INS for each in on), at
        teams = {team for each in on for team in each.teams}
        assert "technical" in teams, f"nobody answers the roadside line at {at}"
        open_from, open_until = ((8, 20), (9, 17), (24, 24))[max(0, at.weekday() - 4)]
        if open_from <= at.hour < open_until:
            assert teams == {team.key for team in load_company().teams}, at


def test_the_stories_are_many_and_spread_over_the_month():
    opened = [story.opened for story in STORIES]

    assert len(STORIES) >= 48
    assert sum(each <= 8 * HOUR for each in opened) >= 10
    assert sum(8 * HOUR < each <= 3 * DAY for each in opened) >= 15
    assert max(opened) <= 30 * DAY
    assert sum(story.requester == "client" for story in STORIES) >= 4
    assert 4 <= sum(story.language == "es" for story in STORIES) <= 8
    assert {str(story.channel) for story in STORIES} == {"portal", "widget", "mail", "phone"}
    assert max(len(story.steps) for story in STORIES) >= 12
    assert min(len(story.steps) for story in STORIES) == 0


def test_today_customers_wait_for_an_answer(played: dict[str, Played]):
    waiting = [
        story
        for story in STORIES
        if story.opened <= 8 * HOUR
        and played[story.slug].ticket.status in (Status.OPEN, Status.IN_PROGRESS)
        and played[story.slug].public[-1].author.kind is ActorKind.CLIENT
    ]

    assert len(waiting) >= 8
    assert sum(played[story.slug].ticket.owner_id is None for story in waiting) >= 3


def test_stories_end_in_every_status_and_one_goes_on_in_a_follow_up(played: dict[str, Played]):
    ends = Counter(each.ticket.status for each in played.values())

    assert all(ends[status] >= 4 for status in Status), ends
    assert any(each.followed for each in played.values())


def test_staff_talk_among_themselves_and_name_each_other():
    notes = [step.note for story in STORIES for step in story.steps if step.note]

    assert len(notes) >= 20
    assert sum(bool(load_company().mentioned(note)) for note in notes) >= 8


def test_nothing_is_told_twice_and_nothing_is_filler():
    short = load_exchanges().exchanges
    bodies = [story.body for story in STORIES] + [each.body for each in short]
    titles = [story.title for story in STORIES] + [each.title for each in short]
    replies = [step.reply for story in STORIES for step in story.steps if step.reply]
    replies += [each.answer for each in short]

    for said in (bodies, titles, replies):
        assert [text for text, times in Counter(said).items() if times > 1] == []
    for path in HERE.rglob("*"):
        if path.suffix in (".md", ".toml"):
            assert "lorem" not in path.read_text(encoding="utf-8").lower(), path.name


def test_today_some_are_due_and_some_are_late(played: dict[str, Played]):
    left = [
        due_at - (OPENED + story.opened)
        for story in STORIES
        if played[story.slug].ticket.status.active
        and (due_at := played[story.slug].ticket.due_at) is not None
    ]

    assert sum(-3 * HOUR <= each < 0 for each in left) >= 3
    assert sum(0 <= each <= 4 * HOUR for each in left) >= 4


def test_the_help_centre_is_as_large_as_promised():
    articles = load_articles()

    assert sum(article.language == "en" for article in articles) >= 50
    assert sum(article.language == "es" for article in articles) >= 12
    assert sum(article.visibility == "staff" for article in articles) == 8
    for article in articles:
        assert 120 <= len(article.body.split()) <= 350, article.slug
        assert article.title not in article.body.splitlines()[0], article.slug


def test_the_help_centre_answers_half_of_what_is_asked():
    answered = {(article.language, article.slug) for article in load_articles()}
    asked = (*STORIES, *load_exchanges().exchanges)

    named = [(each.language, each.article) for each in asked if each.article]

    assert set(named) <= answered
    assert len(named) >= len(asked) / 2


def test_what_is_asked_brings_its_article_among_the_first_three():
    index = WordIndex()
    index.put(
        Text(each.slug, each.title, each.summary, each.body, each.language, public=True)
        for each in load_articles()
    )
    asked = [each for each in (*STORIES, *load_exchanges().exchanges) if each.article]

    found = [
        each.article
        in [
            hit.id
            for hit in index.search(
                f"{each.title} {each.body}", public_only=False, language=each.language, limit=3
            )
        ]
        for each in asked
    ]

    assert sum(found) >= 0.8 * len(asked)


def test_the_background_is_varied_and_every_placeholder_can_be_filled():
    short = load_exchanges()
    first = {name: values[0] for name, values in short.values.items()}

    filled = [each.filled(first) for each in short.exchanges]

    assert len(short.exchanges) >= 100
    assert len({each.category for each in short.exchanges}) == len(load_company().categories)
    assert not any("{" in f"{each.title}{each.body}{each.answer}{each.thanks}" for each in filled)


def test_what_simulated_people_say_is_there_in_both_languages_and_said_once():
    lines = load_lines()
    parts = [
        *(
            part
            for lone in lines.lone.values()
            for part in (lone.found, lone.first, lone.then, lone.last)
        ),
        *lines.closings.values(),
        lines.notes,
    ]
    every = [line for part in parts for line in part]

    assert set(lines.lone) == set(lines.closings) == {"en", "es"}
    assert all(len(lone.then) >= MOST - 2 for lone in lines.lone.values())
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Gas smell. The stove hisses when I open it", "en"),
        ("Huele a gas. El hornillo silba cuando lo abro", "es"),
        ("FH-409324", "en"),
        ("¿FH-409324?", "es"),
    ],
)
def test_a_visitor_is_answered_in_their_language(text: str, language: str):
    assert language_of(text) == language


def test_a_visitor_alone_hears_nothing_twice_and_the_truth_at_the_end():
    lone, said = load_lines().lone["en"], list[str]()

    while (words := next_line(lone, said, random.Random(len(said)))) is not None:
        said.append(words)

    assert len(set(said)) == len(said) == MOST
    assert said[0] in lone.first
    assert said[-1] in lone.last


@pytest.mark.parametrize(("text", "ms"), [("40s", 40_000), ("2d 3h", 183_600_000), ("0m", 0)])
def test_a_duration_is_read_in_milliseconds(text: str, ms: int):
    assert milliseconds(text) == ms


@pytest.mark.parametrize("text", ["", "soon", "3", "3 h", "-3h", "1.5h"])
def test_what_is_no_duration_is_refused(text: str):
    with pytest.raises(ValueError, match="no duration"):
        milliseconds(text)


STORY = """
title = "Late"
inbox = "shop"
requester = "client"
channel = "mail"
opened = "2h"
body = "Where is it?"
"""


def test_a_small_story_is_read(elsewhere: Callable[[str, str], None]):
    elsewhere("stories/late.toml", STORY)

    (story,) = content.load_stories()

    assert (story.slug, story.opened, story.steps) == ("late", 2 * HOUR, ())


@pytest.mark.parametrize(
    ("added", "why"),
    [
        ('colour = "red"', "colour"),
        ('article = "no-such"', "no article no-such"),
        ('category = "no-such"', "no category no-such"),
        ('[[then]]\nafter = "3h"\nby = "agent"\nnote = "Hm."', "until after now"),
        ('[[then]]\nafter = "3m"\nby = "no-such"\nnote = "Hm."', "no agent no-such"),
        (
            '[[then]]\nafter = "3m"\nby = "agent"\nnote = "@Nobody?"',
            "nobody here is called @Nobody",
        ),
        ('[[then]]\nafter = "3m"\nby = "agent"', "exactly one of"),
        ('[[then]]\nafter = "3m"\nby = "agent"\nnote = "a"\nreply = "b"', "exactly one of"),
        ('[[then]]\nafter = "3m"\nby = "agent"\nnote = "a"\nreason = "b"', "only a status"),
        ('[[then]]\nafter = "3m"\nby = "agent"\nedit = 0', "belong together"),
        ("[[then", "late.toml"),
    ],
)
def test_a_mistake_in_a_story_is_named(elsewhere: Callable[[str, str], None], added: str, why: str):
    elsewhere("stories/late.toml", STORY + added)

    with pytest.raises(ContentError, match=why):
        content.load_stories()


def test_an_article_in_the_wrong_folder_is_named(elsewhere: Callable[[str, str], None]):
    front = 'title = "A"\ncategory = "bike"\nsummary = "B"\nvisibility = "public"\n'
    elsewhere("articles/en/app/lost.md", f"+++\n{front}+++\n\nText.\n")

    with pytest.raises(ContentError, match=r"lost\.md"):
        content.load_articles()


def test_phone_numbers_and_addresses_are_those_of_the_fact_sheet():
    facts = (HERE / "facts.md").read_text(encoding="utf-8")
    house = load_company()
    ours = {inbox.address for inbox in house.inboxes}
    texts = [article.body for article in load_articles()]
    texts += [said for each in STORIES for step in each.steps if (said := step.reply or step.note)]
    texts += [each.answer for each in load_exchanges().exchanges]

    phones = {phone for text in texts for phone in re.findall(r"\+\d[\d ]{8,}\d", text)}
    mails = {mail for text in texts for mail in re.findall(r"[\w.]+@[\w.]+\w", text)}

    assert len(phones) == 1
    assert all(phone in facts for phone in phones)
    assert mails <= ours
