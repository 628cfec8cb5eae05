"""The ways on which hostile words go through the product, and what its reader has in the end."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from ai.answering.wording import Wording
from ai.answering.writing import Quoting
from ai.copilot.helping import Begun, NeedsModel, help_with
from ai.copilot.wanted import Line, Speaker, Task, Wanted
from ai.drafting.article import draft_article
from ai.llm.asking import Ask, End, Llm, LlmError, Piece, Reason, Text
from ai.retrieval.words import Text as Indexed
from ai.retrieval.words import WordIndex
from ai.triage.asking import ask_model
from ai.triage.texts import TicketText
from domain.assistant.judging import Verdict
from domain.assistant.state import AssistantLevel, AssistantState
from domain.knowledge.masking import masked
from domain.message import ActorKind, Audience
from domain.ticket.state import Attachment, Ticket, Visibility
from realtime.streams import Streams
from server.assistant.talk import line_of, said_in
from tests.ai.hostile.cases import Came, Case, Way
from tests.ai.hostile.places import CATEGORIES, PAGE, PAGE_ID, Scene, chunks_in, passages_in
from tests.ai.llm.test_remote import answering, streamed
from tests.ai.model import Model
from tests.server.assistant.conftest import BATTERY, REFUNDS, Worker, article
from tests.server.house import FixedClock, House, keep, new_id, reply

PUBLIC = (REFUNDS.id, BATTERY.id)
"""Besides the scene's own page; the house has others, which no client may read."""


class Outcome(NamedTuple):
    """`shown` is what a reader has in the end; `growing` all that they could read before."""

    came: Came
    shown: str
    growing: str = ""
    asked: Sequence[Ask] = ()


class Stage(NamedTuple):
    """Where it all happens: a worker in a furnished house."""

    worker: Worker
    house: House
    patch: pytest.MonkeyPatch


class Obeying(Model):
    """Does what the attacker wants, and never stops where they want that."""

    def __init__(self, *texts: str, endless: bool) -> None:
        super().__init__(*texts)
        self._endless = endless

    async def ask(self, ask: Ask) -> AsyncGenerator[Piece]:
        self.asked.append(ask)
        for text in self.texts:
            yield Text(text)
        while self._endless:
            yield Text(self.texts[-1])
        yield End(Reason.STOP)


@asynccontextmanager
async def model_of(case: Case, *, orders: str) -> AsyncGenerator[Llm | None]:
    """The model of a case; None where there is none."""
    if case.wire is not None:
        sent = case.wire.encode("latin-1")

        async def send(request: web.Request) -> web.StreamResponse:
            return await streamed(request, sent)

        async with answering(send) as (llm, _):
            await llm.look()
            yield llm
    elif case.says:
        said = [each.replace("{orders}", orders) for each in case.says]
        yield Obeying(*said, endless=case.endless)
    else:
        yield None


async def answer(scene: Scene, stage: Stage, llm: Llm | None) -> Outcome:
    """The whole assistant, from the client's message to what it says."""
    worker, house = stage.worker, stage.house
    page = article(scene.page_title, scene.page, updated_at=FixedClock().now())
    await keep(worker.store, page)
    await worker.shelf.refresh()
    await call_the_client(scene, stage)
    stage.patch.setattr("server.assistant.answering.judge", surely)
    worker.writing(*([Wording(llm)] if llm else []), Quoting())
    await worker.ask(house.stranger, "My platypus is ill.", "Platypus")
    ticket = await worker.ask(house.client, scene.body, scene.title)
    await note(stage, ticket, "An armadillo of a client.")
    grown = grown_on(stage)
    await worker.work(ticket)
    said = [
        each for each in await worker.messages(ticket) if each.author.kind is ActorKind.ASSISTANT
    ]
    growing, asked = "\n".join(grown.values()), getattr(llm, "asked", ())
    if not said:
        assistant = (await worker.ticket(ticket.id)).assistant
        assert assistant
        assert assistant.state is AssistantState.HANDED_OVER
        return Outcome("handed over", "", growing, asked)
    [message] = said
    assert message.sources
    assert {each.article_id for each in message.sources} <= {page.id, *PUBLIC}
    came: Came = "shown" if message.level is AssistantLevel.MODEL else "passages"
    return Outcome(came, message.body, growing, asked)


def surely(confidence: float, *, by_meaning: bool, first: bool) -> Verdict:
    """The worst that can come: however odd a question is, it is answered."""
    return Verdict.ANSWER


async def call_the_client(scene: Scene, stage: Stage) -> None:
    """By the scene's name, and with its language as a tag."""
    contacts = stage.worker.store.database["contacts"]
    tags = [f"lang:{scene.language}"]
    told = {"state.name": scene.name, "state.tags": tags}
    await contacts.update_one({"_id": stage.house.client.id}, {"$set": told})


async def note(stage: Stage, ticket: Ticket, text: str) -> None:
    """A colleague's, which no client may read."""
    command = reply(ticket.id, text, visibility=Visibility.PRIVATE)
    await stage.worker.dispatcher.dispatch(command, stage.house.agent)


def grown_on(stage: Stage) -> dict[tuple[int, int], str]:
    """By its birth, the longest that each growing text was to its readers."""
    longest: dict[tuple[int, int], str] = {}
    publish = Streams.publish

    def recording(streams: Streams, ticket_id: str, said: dict[str, Any]) -> None:
        birth = said["about_seq"], said["generation"]
        if not said["done"]:
            longest[birth] = longest.get(birth, "")[: said["index"]] + said["text"]
        publish(streams, ticket_id, said)

    stage.patch.setattr(Streams, "publish", recording)
    return longest


async def copilot(task: Task, scene: Scene, stage: Stage, llm: Llm | None) -> Outcome:
    """What the copilot writes for an agent, of what the store has of a ticket."""
    worker = stage.worker
    await call_the_client(scene, stage)
    ticket = await worker.ask(stage.house.client, scene.body, scene.title)
    await note(stage, ticket, scene.note)
    notes_too = task is Task.SUMMARISE
    said = await said_in(worker.store, ticket.id, Audience.STAFF if notes_too else Audience.PUBLIC)
    file = Attachment(id=new_id(), name=scene.file, media_type="application/pdf", size=1)
    wanted = Wanted(
        task,
        "en",
        ticket.title,
        [line_of(each.model_copy(update={"attachments": (file,)})) for each in said],
        scene.name,
        scene.draft,
        passages_in(scene) if task is Task.SUGGEST else (),
    )
    shown, level = "", AssistantLevel.OFF
    grown: list[str] = []
    try:
        async for piece in help_with(wanted, llm):
            if isinstance(piece, Begun):
                shown, level = "", piece.level
            elif isinstance(piece, Text):
                shown += piece.text
                grown.append(shown)
    except NeedsModel:
        return Outcome("refused", "", "\n".join(grown), getattr(llm, "asked", ()))
    came: Came = "shown" if level is AssistantLevel.MODEL else "passages"
    return Outcome(came, shown, "\n".join(grown), getattr(llm, "asked", ()))


async def triage(scene: Scene, stage: Stage, llm: Llm | None) -> Outcome:
    """What is taken of a model's word about a ticket."""
    assert llm
    try:
        said = await ask_model(llm, TicketText(scene.title, scene.body), CATEGORIES)
    except LlmError:
        return Outcome("refused", "")
    return Outcome("sorted", " ".join(said))


async def article_of_ticket(scene: Scene, stage: Stage, llm: Llm | None) -> Outcome:
    """A draft of an article, masked before and after as the operation masks it."""
    names = ["Ren\u00e9e Duval"]
    talk = [Line(Speaker.CLIENT, scene.body), Line(Speaker.STAFF, "It costs five euros.")]
    talk = [line._replace(text=masked(line.text, names)) for line in talk]
    drafted = await draft_article(masked(scene.title, names), talk, "en", llm)
    assert drafted
    shown = f"{masked(drafted.title, names)}\n{masked(drafted.body, names)}"
    return Outcome("shown" if drafted.by_model else "passages", shown)


async def bring_in(scene: Scene, stage: Stage, llm: Llm | None) -> Outcome:
    """What an import makes of a file: an article, or nothing."""
    if scene.page == PAGE:
        return Outcome("refused", "")
    passages = "\n".join(each.embedded for each in chunks_in(scene))
    return Outcome("brought in", f"{scene.page}\n{passages}")


async def find(scene: Scene, stage: Stage, llm: Llm | None) -> Outcome:
    """What a search shows of an article: its passages under their headings, and marked words."""
    index = WordIndex()
    index.put([Indexed(PAGE_ID, scene.page_title, "", scene.page, "en", True)])
    [hit] = index.search("zebra insurance", public_only=True)
    for each in hit.highlights:
        assert {each.text[start:end].lower() for start, end in each.ranges} <= {
            "zebra",
            "insurance",
        }
    chunks = [f"## {''.join(each.path[-1:])}\n{each.text}" for each in chunks_in(scene)]
    return Outcome("found", "\n".join((*chunks, *(each.text for each in hit.highlights))))


Walk = Callable[[Scene, Stage, Llm | None], Awaitable[Outcome]]
WAYS: dict[Way, Walk] = {
    "answer": answer,
    "copilot reply": partial(copilot, Task.SUGGEST),
    "copilot summary": partial(copilot, Task.SUMMARISE),
    "copilot draft": partial(copilot, Task.SHORTER),
    "triage": triage,
    "article": article_of_ticket,
    "import": bring_in,
    "find": find,
}
