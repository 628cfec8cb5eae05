"""Where hostile words stand, and all that a model is asked where they stand there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ai.answering.passages import Passage
from ai.copilot.wanted import Line, Speaker, Task, Wanted
from ai.drafting.article import draft_article
from ai.llm.asking import Ask
from ai.prompts.copilot import asked_of_model
from ai.prompts.general import general
from ai.prompts.grounded import grounded
from ai.prompts.triage import sorting
from ai.retrieval.chunks import Chunk, chunks_of
from ai.retrieval.words import Text
from server.importing.files import Bad, File
from server.importing.reading import read
from tests.ai.hostile.cases import Case
from tests.ai.model import Model

QUESTION = "What does the zebra insurance cost?"
PAGE = "The zebra insurance costs **five euros**: https://desk.test and https://desk.test/back."
PAGE_ID = "515e93c6-3782-59db-96be-ad5b8cf872a5"
CATEGORIES = {"bikes": "Bikes", "bills": "Bills"}


class Scene(NamedTuple):
    """A ticket and the page that answers it."""

    title: str = "A question"
    body: str = QUESTION
    name: str = "Ana"
    language: str = "en"
    note: str = "The client waits."
    file: str = "zebra.pdf"
    draft: str = "Dear Ana, five days."
    page_title: str = QUESTION
    page: str = PAGE


def scene_of(case: Case) -> Scene:
    """The scene with the hostile words in their place."""
    words, calm = case.words, Scene()
    match case.by:
        case "client message":
            return calm._replace(body=f"{QUESTION}\n\n{words}")
        case "client name":
            return calm._replace(name=words)
        case "client language":
            return calm._replace(language=words)
        case "ticket title":
            return calm._replace(title=words)
        case "file name":
            return calm._replace(file=words)
        case "earlier note":
            return calm._replace(note=words)
        case "copilot draft":
            return calm._replace(draft=words)
        case "article":
            return calm._replace(page=f"{PAGE}\n\n{words}")
        case "article title":
            return calm._replace(page_title=f"{QUESTION} {words}")
        case "import":
            return calm._replace(page=imported(words) or PAGE)


def imported(content: str) -> str | None:
    """The body of a file as the import has it; None where it does not come in."""
    kind = "md" if content.startswith("---") else "html"
    [found] = read(File(f"zebras.{kind}", content.encode()))
    return None if isinstance(found.article, Bad) else found.article.body


def chunks_in(scene: Scene) -> Sequence[Chunk]:
    return chunks_of(Text(PAGE_ID, scene.page_title, "", scene.page, "en", True), 1)


def passages_in(scene: Scene) -> list[Passage]:
    return [
        Passage(
            each.article_id, each.title, each.text, each.plain, "en", 1.0, "".join(each.path[-1:])
        )
        for each in chunks_in(scene)
    ]


async def asked_in(scene: Scene) -> list[Ask]:
    """What each part of the product asks a model for in this scene."""
    passages = passages_in(scene)
    public = [Line(Speaker.CLIENT, scene.body), Line(Speaker.STAFF, "We look into it.")]
    talk = [*public, Line(Speaker.NOTE, scene.note)]
    wanted = Wanted(Task.SUGGEST, scene.language, scene.title, public, scene.name)
    model = Model("No page")
    await draft_article(scene.title, public, scene.language, model)
    told = [(each.title, each.plain) for each in passages]
    return [
        grounded(f"{scene.title} {scene.body}", scene.language, told),
        general(f"{scene.title} {scene.body}", scene.language),
        sorting(scene.title, scene.body, list(CATEGORIES.values())),
        asked_of_model(wanted._replace(passages=passages)),
        asked_of_model(wanted._replace(task=Task.SUMMARISE, talk=talk)),
        *(
            asked_of_model(wanted._replace(task=task, draft=scene.draft))
            for task in Task
            if task.rewrites
        ),
        *model.asked,
    ]


class Told(NamedTuple):
    """An ask in its parts: the orders before and behind the fence, and what stands behind it."""

    system: str
    kinds: frozenset[str]
    data: str
    after: str


def parts_of(ask: Ask) -> Told:
    system, user = (turn.content for turn in ask.turns)
    mark = " ".join(user.split(" ", 2)[:2])
    assert re.fullmatch("=== [0-9a-f]{12}", mark)
    data, _, after = user.rpartition(f"\n{mark} end\n")
    lines = [line for line in data.split("\n") if line.startswith(mark)]
    kinds = frozenset(re.sub(r" \d+:.*", "", line.removeprefix(mark)) for line in lines)
    return Told(system, kinds, data, after)
