"""A person and the assistant at the same moment: whoever is first has one outcome, for all."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from domain.access import Actor
from domain.assistant.commands import Answer, AskPerson
from domain.assistant.state import AssistantLevel, AssistantState
from domain.errors import Conflict
from domain.message import ActorKind, Command
from server.assistant.answering import ASSISTANT_ACTOR
from server.dispatch.dispatcher import Dispatcher
from server.store.connect import Store
from tests.server.assistant.conftest import Worker
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, House, new_id, reply

TIMES = 20


@pytest.fixture
def dispatchers(store: Store, clock: FixedClock, worker: Worker) -> list[Dispatcher]:
    """Two nodes of one store, each with a memory of its own."""
    return [worker.dispatcher, Dispatcher(store, clock, Heard(), SECRET)]


async def race(
    dispatchers: list[Dispatcher], answer: Command, other: Command, who: Actor, seed: int
) -> bool:
    """Both at once, on two nodes; whether the answer was taken."""
    chance = Random(seed)

    async def send(dispatcher: Dispatcher, command: Command, actor: Actor) -> bool:
        await asyncio.sleep(chance.random() / 100)
        try:
            await dispatcher.dispatch(command, actor)
        except Conflict:
            return False
        return True

    answered, done = await asyncio.gather(
        send(dispatchers[0], answer, ASSISTANT_ACTOR), send(dispatchers[1], other, who)
    )
    assert done, "people are never refused for the assistant's sake"
    return answered


async def test_no_answer_stands_after_a_persons_word_or_a_clients_wish(
    worker: Worker, house: House, dispatchers: list[Dispatcher]
):
    for seed in range(TIMES):
        ticket = await worker.ask(house.client, f"Question {seed}")
        answer = Answer(
            command_id=f"assistant:{ticket.id}",
            ticket_id=ticket.id,
            about_seq=ticket.seq,
            body="> So.",
            level=AssistantLevel.PASSAGES,
        )
        other, who = (
            (reply(ticket.id, "I am here."), house.agent),
            (AskPerson(command_id=new_id(), ticket_id=ticket.id), house.client),
            (reply(ticket.id, "I mean another one."), house.client),
        )[seed % 3]

        answered = await race(dispatchers, answer, other, who, seed)

        kinds = [each.author.kind for each in await worker.messages(ticket)]
        after = (await worker.ticket(ticket.id)).assistant
        assert after
        assert kinds.count(ActorKind.ASSISTANT) == answered
        if answered:  # Then it was first.
            assert kinds[1] is ActorKind.ASSISTANT
        people = seed % 3 < 2
        over = after.state is AssistantState.HANDED_OVER
        assert over is people
        if not people:
            assert after.state is AssistantState.WAITING
    for each in dispatchers[1:]:
        await each.close()


async def test_the_same_answer_twice_at_once_is_one_message(
    worker: Worker, house: House, dispatchers: list[Dispatcher]
):
    ticket = await worker.ask(house.client, "Question")
    answer = Answer(
        command_id=f"assistant:{ticket.id}",
        ticket_id=ticket.id,
        about_seq=ticket.seq,
        body="> So.",
        level=AssistantLevel.PASSAGES,
    )

    first, second = await asyncio.gather(
        *(each.dispatch(answer, ASSISTANT_ACTOR) for each in dispatchers)
    )

    assert first == second
    assert len(await worker.messages(ticket)) == 2
    await dispatchers[1].close()
