"""The whole way: opened, guessed, shown or counted, corrected, and the next guess is better."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator

from ai.llm.asking import Ask, Down, End, Piece, Reason, Text
from domain.knowledge.state import Article
from domain.ticket.commands import DeleteTicket, RedactMessage, UpdateTicket
from domain.ticket.state import Priority
from domain.triage.commands import JudgeGuess
from domain.triage.state import Guessed, GuessState, Mood, TriageLevel, TriageMode, Verdict
from server.triage.reactor import TOO_LATE
from tests.server.house import House, keep, new_id
from tests.server.triage.conftest import BIKES, BILLS, SPANISH, Worker

BRAKE = ("Brake and tyre", "The brake of my bike squeals, and the tyre has a puncture.")
ODD = ("Wobbly thingamajig", "My thingamajig wobbles about since the weekend.")


class Model:
    """A language model that says what it is told to, or is down."""

    name = "a model"
    up = True

    def __init__(self, said: object) -> None:
        self._said = said
        self.asked: list[Ask] = []

    async def ask(self, ask: Ask) -> AsyncGenerator[Piece]:
        self.asked.append(ask)
        if self._said is None:
            raise Down("away")
        yield Text(json.dumps(self._said))
        yield End(Reason.STOP)

    async def look(self) -> None:
        pass


async def correct(worker: Worker, house: House, ticket_id: str, **to: object) -> None:
    command = UpdateTicket.model_validate({"command_id": new_id(), "ticket_id": ticket_id, **to})
    await worker.dispatcher.dispatch(command, house.agent)


async def test_a_new_ticket_is_guessed_and_the_guess_shown(worker: Worker, house: House):
    ticket_id = await worker.open(house.client, *BRAKE)

    await worker.work(ticket_id)

    guess = await worker.guess(ticket_id, Guessed.CATEGORY)
    assert guess
    assert (guess.values, guess.state) == ((BIKES.id,), GuessState.SUGGESTED)
    assert (await worker.ticket(ticket_id)).category is None


async def test_where_sure_guesses_count_the_category_is_set_by_triage(worker: Worker, house: House):
    await worker.mode(TriageMode.APPLY)
    ticket_id = await worker.open(house.client, *BRAKE)

    await worker.work(ticket_id)

    assert (await worker.ticket(ticket_id)).category == BIKES.id
    changed = await worker.store.database["log"].find_one(
        {"stream": f"ticket:{ticket_id}", "events.type": "ticket.category_changed"}
    )
    assert changed
    assert changed["actor"] == {"kind": "system", "id": "triage"}


async def test_a_repeat_guesses_nothing_anew(worker: Worker, house: House):
    ticket_id = await worker.open(house.client, *BRAKE)
    await worker.work(ticket_id)
    seq = (await worker.ticket(ticket_id)).seq
    again = {"$set": {"state": "owed", "ended_at": None}}
    await worker.store.database["effects"].update_many({"kind": "triage"}, again)

    await worker.work(ticket_id)

    assert (await worker.ticket(ticket_id)).seq == seq


async def test_a_correction_makes_the_next_guess_right(worker: Worker, house: House):
    first = await worker.open(house.client, *ODD)
    await worker.work(first)
    before = await worker.guess(first, Guessed.CATEGORY)
    assert before is None or before.confidence < 0.6

    await correct(worker, house, first, category=BIKES.id, priority="high")
    await worker.work(first)
    second = await worker.open(house.stranger, "A wobbly one", "My thingamajig wobbles, too.")
    await worker.work(second)

    guess = await worker.guess(second, Guessed.CATEGORY)
    assert guess
    assert guess.values == (BIKES.id,)
    assert guess.confidence > (before.confidence if before else 0)


async def test_what_only_the_body_of_an_article_says_tells_its_category(
    worker: Worker, house: House
):
    article = Article(
        id=new_id(),
        title="Odds and ends",
        body="Whoever has a **thingamajig** tightens it when it wobbles.",
        category=BILLS.id,
        author_id=new_id(),
        created_at=0,
        updated_at=0,
    )
    await keep(worker.store, article)
    ticket_id = await worker.open(house.client, *ODD)

    await worker.work(ticket_id)

    guess = await worker.guess(ticket_id, Guessed.CATEGORY)
    assert guess
    assert guess.values == (BILLS.id,)


async def test_words_that_are_gone_teach_nothing_any_more(worker: Worker, house: House):
    redacted, deleted = [await worker.open(house.client, *ODD) for _ in range(2)]
    for ticket_id in (redacted, deleted):
        await correct(worker, house, ticket_id, category=BIKES.id)
    await worker.work(redacted, deleted)
    guesser = await worker.library.guesser()
    assert worker.library.examples == 2

    message_id = (await worker.ticket(redacted)).description_id
    for command in (
        RedactMessage(command_id=new_id(), ticket_id=redacted, message_id=str(message_id)),
        DeleteTicket(command_id=new_id(), ticket_id=deleted),
    ):
        await worker.dispatcher.dispatch(command, house.supervisor)
    await worker.work(redacted, deleted)

    assert worker.library.examples == 0
    assert await worker.library.guesser() is not guesser
    kept = [each async for each in worker.store.database["triage_examples"].find({})]
    assert [each["message_id"] for each in kept] == [None, None]


async def test_a_guess_is_taken_with_one_command(worker: Worker, house: House):
    ticket_id = await worker.open(house.client, *BRAKE)
    await worker.work(ticket_id)

    await worker.dispatcher.dispatch(
        JudgeGuess(
            command_id=new_id(),
            ticket_id=ticket_id,
            field=Guessed.CATEGORY,
            verdict=Verdict.TAKE,
        ),
        house.agent,
    )

    assert (await worker.ticket(ticket_id)).category == BIKES.id
    guess = await worker.guess(ticket_id, Guessed.CATEGORY)
    assert guess
    assert guess.state is GuessState.TAKEN


async def test_who_is_in_danger_comes_first_and_sounds_it(worker: Worker, house: House):
    await worker.mode(TriageMode.APPLY)
    ticket_id = await worker.open(
        house.client,
        "HELP!!",
        "I am stranded, my leg is bleeding, it is getting dark right now!",
    )

    await worker.work(ticket_id)

    guess = await worker.guess(ticket_id, Guessed.PRIORITY)
    assert guess
    assert guess.values == (Priority.URGENT.value,)


async def test_a_spanish_ticket_wants_somebody_who_speaks_it(worker: Worker, house: House):
    ticket_id = await worker.open(house.client, "Pinchazo", "Se ha pinchado la rueda de la bici.")

    await worker.work(ticket_id)

    triage = await worker.triage(ticket_id)
    skills = await worker.guess(ticket_id, Guessed.SKILLS)
    assert triage
    assert triage.language == "es"
    assert skills
    assert skills.values == (SPANISH.id,)


async def test_the_same_again_is_named_as_a_likely_duplicate(worker: Worker, house: House):
    first = await worker.open(house.client, *BRAKE)
    second = await worker.open(house.client, *BRAKE)
    other = await worker.open(house.client, "An invoice", "Please send me the invoice of March.")

    await worker.work(first, second, other)

    found, none = await worker.triage(second), await worker.triage(other)
    assert found
    assert [each.ticket_id for each in found.duplicates] == [first]
    assert none
    assert none.duplicates == ()


async def test_nothing_is_owed_for_what_was_opened_long_ago(worker: Worker, house: House):
    ticket_id = await worker.open(house.client, *BRAKE)
    worker.clock.time += TOO_LATE + 1

    await worker.work(ticket_id)

    assert await worker.states() == []
    assert await worker.triage(ticket_id) is None


async def test_a_worker_that_is_late_and_asked_twice_still_guesses_once(
    worker: Worker, house: House
):
    ticket_id = await worker.open(house.client, *BRAKE)
    worker.clock.time += TOO_LATE
    log, stream = worker.store.database["log"], {"stream": f"ticket:{ticket_id}"}
    opening = await log.find_one(stream)
    assert opening
    await worker.work(ticket_id)
    await log.update_one({"_id": opening["_id"]}, {"$set": {"pending": opening["pending"]}})

    await worker.work(ticket_id)

    assert await worker.states() == [("done", None)]
    assert await worker.guess(ticket_id, Guessed.CATEGORY)


async def test_what_is_off_or_too_late_is_left_alone(worker: Worker, house: House):
    late = await worker.open(house.client, *BRAKE)
    await worker.reactions.react([f"ticket:{late}"])
    worker.clock.time += TOO_LATE + 1
    await worker.work(late)
    await worker.mode(TriageMode.OFF)
    off = await worker.open(house.client, *BRAKE)
    await worker.work(off)

    assert {reason for _, reason in await worker.states()} == {"too late", "off"}
    assert await worker.triage(late) is await worker.triage(off) is None


async def test_a_model_sorts_what_the_examples_cannot(worker: Worker, house: House):
    model = Model({"category": "Bills", "priority": "high", "mood": "upset"})
    worker.models.append(model)
    ticket_id = await worker.open(house.client, *ODD)

    await worker.work(ticket_id)

    triage = await worker.triage(ticket_id)
    assert triage
    assert (triage.level, triage.mood) == (TriageLevel.MODEL, Mood.UPSET)
    guess = triage.guess(Guessed.CATEGORY)
    assert guess
    assert (guess.values, guess.state) == ((BILLS.id,), GuessState.SUGGESTED)
    assert model.asked[0].schema is not None


async def test_a_model_that_is_away_or_talks_nonsense_is_passed_over(worker: Worker, house: House):
    for said in (None, {"category": "Nonsense", "priority": "high", "mood": "calm"}, ["?"]):
        worker.models[:] = [Model(said)]
        ticket_id = await worker.open(house.client, *BRAKE)

        await worker.work(ticket_id)

        triage = await worker.triage(ticket_id)
        assert triage
        assert triage.level is TriageLevel.WORDS
