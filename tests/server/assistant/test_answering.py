"""From a client's message to what the assistant says, or does not say."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import pytest

from ai.answering.passages import Passage
from ai.answering.writing import Asked, NoAnswer, Quoting, Writer
from ai.llm.asking import Down
from domain.assistant.commands import AskPerson
from domain.assistant.state import AssistantLevel, AssistantState, HandOver
from domain.inbox.state import DEFAULT_INBOX_ID
from domain.message import ActorKind
from domain.routing.queue import is_queued
from domain.ticket.commands import RedactMessage
from domain.ticket.state import Ticket
from server.store.effects import State
from server.store.models import StoredEffect
from tests.server.assistant.conftest import BATTERY, REFUNDS, SPANISH, Worker
from tests.server.house import House, new_id


class Written:
    """A writer that says what it is told to, and does something after each piece."""

    level = AssistantLevel.MODEL
    reads = 3

    def __init__(
        self,
        *pieces: str,
        then: Callable[[], Awaitable[object]] | None = None,
        beyond: Writer | None = None,
    ) -> None:
        self._pieces = pieces
        self._then = then
        self.beyond = beyond

    async def write(self, asked: Asked, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        for place, piece in enumerate(self._pieces):
            yield piece
            if place == 0 and self._then:
                await self._then()


async def outcome(worker: Worker, ticket: Ticket) -> tuple[AssistantState, HandOver | None]:
    assistant = (await worker.ticket(ticket.id)).assistant
    assert assistant
    return assistant.state, assistant.reason


async def states(worker: Worker) -> list[tuple[str, str | None]]:
    found = worker.store[StoredEffect].find({}).sort("_id", 1)
    return [(each["state"], each["reason"]) async for each in found]


async def test_a_question_that_an_article_answers_is_answered_with_its_passage(
    worker: Worker, house: House
):
    ticket = await worker.ask(house.client, "How long does a refund take?")

    await worker.work(ticket)

    answer = (await worker.messages(ticket))[-1]
    assert (answer.author.kind, answer.level) == (ActorKind.ASSISTANT, AssistantLevel.PASSAGES)
    assert "> A refund takes **five working days**" in answer.body
    (source,) = answer.sources
    assert (source.article_id, source.title) == (REFUNDS.id, REFUNDS.title)
    assert source.passage.startswith("A refund takes five working days")
    assert await outcome(worker, ticket) == (AssistantState.ANSWERED, None)


async def test_in_the_clients_language_first(worker: Worker, house: House):
    question = "¿Cuánto tarda un reembolso?"
    ticket = await worker.ask(house.client, question, title=question)

    await worker.work(ticket)

    answer = (await worker.messages(ticket))[-1]
    assert [each.article_id for each in answer.sources] == [SPANISH.id]
    assert answer.body.startswith("Esto es lo que dicen")


@pytest.mark.parametrize(
    "body",
    [
        "What is the capital of Mongolia?",
        "Gift cards are made by hand?",  # Only staff may read of it.
        "When are your opening hours?",  # It is a draft.
        "🙂",
        "?",
    ],
)
async def test_what_no_public_article_answers_goes_to_people(
    worker: Worker, house: House, body: str
):
    ticket = await worker.ask(house.client, body, title="Hello there")

    await worker.work(ticket)

    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.NOTHING_FOUND)
    assert len(await worker.messages(ticket)) == 1
    assert is_queued(await worker.ticket(ticket.id))


async def test_whoever_asks_the_same_again_gets_a_person(worker: Worker, house: House):
    ticket = await worker.ask(house.client, "How long does a refund take?", title="Refund")
    await worker.work(ticket)
    await worker.say(ticket, house.client, "Refund! How long does a refund take?!")

    await worker.work(ticket)

    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.LOOP)


async def test_another_question_in_the_same_ticket_is_answered_too(worker: Worker, house: House):
    ticket = await worker.ask(house.client, "How long does a refund take?")
    await worker.work(ticket)
    await worker.say(ticket, house.client, "And how far does the battery reach?")

    await worker.work(ticket)

    answer = (await worker.messages(ticket))[-1]
    assert [each.article_id for each in answer.sources] == [BATTERY.id]


async def test_an_answer_to_an_older_message_is_not_begun(worker: Worker, house: House):
    ticket = await worker.ask(house.client, "How long does a refund take?")
    await worker.say(ticket, house.client, "I mean: how far does the battery reach?")

    await worker.work(ticket)

    answers = [each for each in await worker.messages(ticket) if each.sources]
    assert [each.sources[0].article_id for each in answers] == [BATTERY.id]
    assert await states(worker) == [("dropped", "not its turn"), ("done", None)]


async def test_a_person_who_writes_while_it_writes_is_the_only_one_heard(
    worker: Worker, house: House
):
    ticket = await worker.ask(house.client, "How long does a refund take?")
    worker.writing(
        Written("Five ", "days.", then=lambda: worker.say(ticket, house.agent, "I am here."))
    )

    await worker.work(ticket)

    assert [each.author.kind for each in await worker.messages(ticket)] == [
        ActorKind.CLIENT,
        ActorKind.AGENT,
    ]
    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.TAKEN)
    assert await states(worker) == [("dropped", "somebody was faster")]


async def test_so_is_a_client_who_asks_for_a_person_while_it_writes(worker: Worker, house: House):
    ticket = await worker.ask(house.client, "How long does a refund take?")
    command = AskPerson(command_id=new_id(), ticket_id=ticket.id)
    worker.writing(Written("Five ", then=lambda: worker.dispatcher.dispatch(command, house.client)))

    await worker.work(ticket)

    assert len(await worker.messages(ticket)) == 1
    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.ASKED)


async def test_a_question_that_was_taken_back_is_left_to_people(worker: Worker, house: House):
    ticket = await worker.ask(house.client, "How long does a refund take?")
    assert ticket.description_id
    command = RedactMessage(
        command_id=new_id(), ticket_id=ticket.id, message_id=ticket.description_id
    )
    await worker.dispatcher.dispatch(command, house.client)

    await worker.work(ticket)

    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.FAILED)


async def test_who_died_before_the_note_says_nothing_twice(worker: Worker, house: House):
    ticket = await worker.ask(house.client, "How long does a refund take?")
    await worker.reactions.react([f"ticket:{ticket.id}"])
    (claimed,) = await worker.effects.claim(["assistant"])
    await worker.answering.answer([claimed])

    again = await worker.answering.answer([claimed])

    assert again.state is State.DROPPED
    assert len(await worker.messages(ticket)) == 2


async def test_what_was_found_and_not_shown_is_for_the_agent(worker: Worker, house: House):
    ticket = await worker.ask(house.client, "How long does a refund take?")
    worker.writing(Written("Look at https://evil.test/refund at once."))

    await worker.work(ticket)

    after = await worker.ticket(ticket.id)
    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.UNSURE)
    assert len(await worker.messages(ticket)) == 1
    assert after.private
    assert after.private.briefing
    assert [each.article_id for each in after.private.briefing.found] == [REFUNDS.id]


async def test_links_that_stand_in_its_sources_may_be_said(worker: Worker, house: House):
    ticket = await worker.ask(house.client, "How long does a refund take?")
    worker.writing(Written("Five days: https://desk.test/back."))

    await worker.work(ticket)

    assert (await worker.messages(ticket))[-1].body == "Five days: https://desk.test/back."


class Broken(Written):
    """A model that goes away in the middle of an answer."""

    async def write(self, asked: Asked, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        async for piece in super().write(asked, passages):
            yield piece
        raise Down("killed")


async def test_where_the_model_goes_away_in_the_middle_the_passages_answer_once(
    worker: Worker, house: House
):
    worker.writing(Broken("Five work"), Quoting())
    ticket = await worker.ask(house.client, "How long does a refund take?")

    await worker.work(ticket)

    question, answer = await worker.messages(ticket)
    assert question.author.kind is ActorKind.CLIENT
    assert answer.level is AssistantLevel.PASSAGES
    assert "Five work" not in answer.body


async def test_what_the_model_does_not_find_in_the_passages_goes_to_people(
    worker: Worker, house: House
):
    worker.writing(Careful())
    ticket = await worker.ask(house.client, "How long does a refund take?")

    await worker.work(ticket)

    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.UNSURE)
    assert len(await worker.messages(ticket)) == 1


class Careful(Written):
    """A model that finds no answer in the passages, and says so before anything else."""

    async def write(self, asked: Asked, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        raise NoAnswer
        yield ""


class InGeneral(Written):
    level = AssistantLevel.GENERAL
    reads = 0


async def answer_in_general(worker: Worker) -> None:
    inboxes = worker.store.database["inboxes"]
    await inboxes.update_one({"_id": DEFAULT_INBOX_ID}, {"$set": {"state.fallback": "general"}})


@pytest.mark.parametrize("asked", ["How long does a refund take?", "Why do zebras have stripes?"])
async def test_where_an_inbox_wants_it_a_model_answers_what_no_article_does(
    worker: Worker, house: House, asked: str
):
    await answer_in_general(worker)
    worker.writing(Careful(beyond=InGeneral("Nobody ", "knows.")))
    ticket = await worker.ask(house.client, asked)

    await worker.work(ticket)

    answer = (await worker.messages(ticket))[-1]
    assert (answer.body, answer.level) == ("Nobody knows.", AssistantLevel.GENERAL)
    assert answer.sources == ()
    assert await outcome(worker, ticket) == (AssistantState.ANSWERED, None)


@pytest.mark.parametrize(
    "beyond", [None, Careful(), InGeneral("See https://evil.test/x for more.")]
)
async def test_what_it_does_not_know_or_links_to_goes_to_people(
    worker: Worker, house: House, beyond: Writer | None
):
    await answer_in_general(worker)
    worker.writing(Careful(beyond=beyond))
    ticket = await worker.ask(house.client, "Why do zebras have stripes?")

    await worker.work(ticket)

    assert len(await worker.messages(ticket)) == 1
    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.NOTHING_FOUND)


async def test_an_inbox_that_does_not_want_it_leaves_it_to_people(worker: Worker, house: House):
    worker.writing(Careful(beyond=InGeneral("Nobody knows.")))
    ticket = await worker.ask(house.client, "Why do zebras have stripes?")

    await worker.work(ticket)

    assert await outcome(worker, ticket) == (AssistantState.HANDED_OVER, HandOver.NOTHING_FOUND)
