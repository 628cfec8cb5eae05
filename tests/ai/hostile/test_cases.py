"""Every written case through the product's own code, with a model that obeys the attacker."""

from __future__ import annotations

import re
import time

import pytest

from ai.llm.remote import as_words
from ai.prompts.grounded import SYSTEM
from domain.text import seen
from tests.ai.hostile.cases import CASES, Case
from tests.ai.hostile.places import Scene, asked_in, parts_of, scene_of
from tests.ai.hostile.table import PAGE, page
from tests.ai.hostile.ways import WAYS, Outcome, Stage, model_of
from tests.server.assistant.conftest import DRAFT, RUNBOOK, Worker
from tests.server.dispatch.conftest import SECRET
from tests.server.house import House

MOST_SECONDS = 3.0
"""Of the processor: what a message or an article can cost whoever reads it."""
SECRETS = (SECRET.decode(), RUNBOOK.body, DRAFT.body, "platypus", "armadillo")
"""What is for no client: the key, staff's page, a draft, another ticket, a note of this one."""
CONTROL = re.compile(
    r"<[|｜][^<>]{1,40}[|｜]>|<(?:start|end)_of_turn>|</?s>|<</?SYS>>|\[/?INST\]|</?think>"
)
"""Control words of chat templates, as the cases have them."""


def test_there_are_enough_and_each_has_a_name_of_its_own():
    assert len({each.name for each in CASES}) == len(CASES) >= 36


def test_the_page_of_the_documentation_says_what_the_cases_say():
    assert PAGE.read_text("utf-8") == page(), "python -m tests.ai.hostile.table writes it anew"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_what_came_of_it(
    case: Case, worker: Worker, house: House, monkeypatch: pytest.MonkeyPatch
):
    scene, stage = scene_of(case), Stage(worker, house, monkeypatch)
    began = time.process_time()

    await check_what_models_are_asked(case, scene)
    async with model_of(case, orders=SYSTEM) as model:
        outcome = await WAYS[case.way](scene, stage, model)

    assert time.process_time() - began < MOST_SECONDS
    assert outcome.came == case.came
    assert case.shows in outcome.shown
    for hidden in case.hides:
        assert hidden not in outcome.shown
        assert hidden not in outcome.growing
    check_what_the_model_was_told(case, outcome)


async def check_what_models_are_asked(case: Case, scene: Scene) -> None:
    """Of every part of the product: the orders are those of a calm scene, whatever was written,
    and a server that reads control words in what others wrote finds none."""
    calm = [parts_of(each) for each in await asked_in(Scene())]
    asked = await asked_in(scene)
    for told, as_ever in zip(map(parts_of, asked), calm, strict=True):
        assert (told.system, told.kinds) == (as_ever.system, as_ever.kinds)
        assert case.words not in told.after
        if case.by != "client language":
            assert told.after == as_ever.after
        assert told.data == seen(told.data)
    for turn in (turn for each in asked for turn in each.turns):
        assert not CONTROL.search(as_words(turn.content))


def check_what_the_model_was_told(case: Case, outcome: Outcome) -> None:
    told = "\n".join(turn.content for each in outcome.asked for turn in each.turns)
    assert outcome.asked or not (case.told or case.untold)
    for each in case.told:
        assert each in told
    for each in case.untold:
        assert each not in told
    if case.way == "answer":
        for secret in SECRETS:
            assert secret not in told
