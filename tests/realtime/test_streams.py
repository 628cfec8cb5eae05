"""What the assistant writes, while it writes it: in order, whole for who comes late, and no word
more once somebody was faster."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.assistant.commands import Answer
from domain.assistant.state import AssistantLevel
from domain.audience import staff_room, ticket_room
from domain.ticket.commands import Reply
from domain.ticket.state import Ticket
from realtime.streams import Birth, Speech
from tests.domain.assistant.acts import ASSISTANT
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, Client, Node, until


def opened(store: MemoryStore) -> Ticket:
    """A ticket whose client waits for the assistant."""
    store.desk.inbox = store.desk.inbox.model_copy(update={"assistant": True})
    return store.desk.open()


def heard(client: Client, joined: Sequence[dict[str, Any]] = ()) -> str:
    """The text as a client has it after all it was told, as it joined and since."""
    text = ""
    for each in (*joined, *client.of("signal")):
        text = text[: each["index"]] + each["text"]
    return text


def said(speech: Speech, *words: str) -> None:
    for word in words:
        speech.say(word)


def births(client: Client) -> list[tuple[int, int]]:
    return [(each["about_seq"], each["generation"]) for each in client.of("signal")]


async def test_both_rooms_read_along_on_every_node_in_pieces_that_follow_each_other(
    store: MemoryStore, node: Node, other_node: Node, start_node: StartNode, enter: Enter
):
    ticket = opened(store)
    public, staff = ticket_room(ticket.id), staff_room(ticket.id)
    carl, ada = await enter(node, store.desk.carl), await enter(other_node, store.desk.ada)
    await carl.join(public)
    await ada.join(staff)
    worker = await start_node()

    with worker.realtime.streams.speak(ticket.id, Birth(1, 1)) as speech:
        said(speech, "From ", "nine 🔥 ", "to ", "five.")
        await until(lambda: heard(carl) == heard(ada) == "From nine 🔥 to five.")

    indexes = [each["index"] for each in carl.of("signal")]
    assert indexes == [0, 5, 13, 16]  # The flame is two of JavaScript's characters.
    assert {each["room"] for each in carl.of("signal")} == {public}
    assert {each["room"] for each in ada.of("signal")} == {staff}


async def test_a_stranger_hears_nothing(store: MemoryStore, node: Node, enter: Enter):
    ticket, other = opened(store), store.desk.open(store.desk.dora)
    carl, dora = await enter(node, store.desk.carl), await enter(node, store.desk.dora)
    await carl.join(ticket_room(ticket.id))
    await dora.join(ticket_room(other.id))

    with node.realtime.streams.speak(ticket.id, Birth(1, 1)) as speech:
        said(speech, "For Carl alone.")
        await until(lambda: heard(carl) == "For Carl alone.")

    assert dora.of("signal") == []


async def test_who_comes_late_is_told_the_text_so_far_and_goes_on(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = opened(store)
    first, late = await enter(node, store.desk.carl), await enter(node, store.desk.carl)
    await first.join(ticket_room(ticket.id))

    with node.realtime.streams.speak(ticket.id, Birth(1, 1)) as speech:
        said(speech, "From ", "nine ")
        await until(lambda: heard(first) == "From nine ")
        (joined,) = await late.join(ticket_room(ticket.id))
        said(speech, "to ", "five.")
        await until(lambda: heard(first).endswith("five."))

    (so_far,) = joined["signals"]
    assert (so_far["type"], so_far["index"], so_far["text"]) == ("assistant.delta", 0, "From nine ")
    await until(lambda: len(late.of("signal")) == 2)
    assert [each["index"] for each in late.of("signal")] == [10, 13]


async def test_what_it_is_made_by_is_told_with_its_first_word_and_to_who_comes_late(
    store: MemoryStore, node: Node, start_node: StartNode, enter: Enter
):
    ticket = opened(store)
    first, late = await enter(node, store.desk.carl), await enter(node, store.desk.carl)
    await first.join(ticket_room(ticket.id))
    worker = await start_node()

    with worker.realtime.streams.speak(ticket.id, Birth(1, 1)) as worded:
        worded.level = AssistantLevel.MODEL
        said(worded, "From ")
        await until(lambda: heard(first) == "From ")
        (joined,) = await late.join(ticket_room(ticket.id))
    with worker.realtime.streams.speak(ticket.id, Birth(1, 2)) as quoted:
        quoted.level = AssistantLevel.PASSAGES
        said(quoted, "> From ")
        await until(lambda: heard(first) == heard(late) == "> From ")

    assert [each["level"] for each in joined["signals"]] == ["model"]
    assert [each["level"] for each in first.of("signal")] == ["model", "passages"]
    assert [each["level"] for each in late.of("signal")] == ["passages"]


async def test_a_node_that_begins_to_listen_in_the_middle_has_it_whole_in_a_moment(
    store: MemoryStore, node: Node, start_node: StartNode, enter: Enter
):
    ticket = opened(store)
    worker = await start_node(replace(CALM, stream_whole_every=0.0))
    with worker.realtime.streams.speak(ticket.id, Birth(1, 1)) as speech:
        said(speech, "From ", "nine ")
        carl = await enter(node, store.desk.carl)
        (joined,) = await carl.join(ticket_room(ticket.id))
        for _ in range(100):  # Whatever went past while it began to listen comes again.
            said(speech, "on ")
            if heard(carl, joined["signals"]).startswith("From nine on "):
                break
            await asyncio.sleep(0.05)
    assert heard(carl, joined["signals"]).startswith("From nine on ")


async def test_a_lost_piece_is_made_good_by_the_next_whole_and_never_skipped(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = opened(store)
    carl = await enter(node, store.desk.carl)
    await carl.join(ticket_room(ticket.id))
    streams = node.realtime.streams

    def piece(index: int, text: str) -> None:
        said: dict[str, Any] = {"about_seq": 1, "generation": 1, "done": False}
        streams.publish(ticket.id, {**said, "index": index, "text": text})

    piece(0, "From ")
    piece(10, "to ")  # What stands between was lost.
    piece(0, "From nine to ")
    piece(5, "nine ")  # Late, and known by now.
    piece(13, "five.")

    await until(lambda: heard(carl) == "From nine to five.")
    assert [each["index"] for each in carl.of("signal")] == [0, 5, 13]


async def test_no_word_is_shown_after_a_persons_answer_and_who_writes_is_told(
    store: MemoryStore, node: Node, other_node: Node, start_node: StartNode, enter: Enter
):
    ticket = opened(store)
    carl = await enter(node, store.desk.carl)
    await carl.join(ticket_room(ticket.id))
    worker = await start_node()
    with worker.realtime.streams.speak(ticket.id, Birth(1, 1)) as speech:
        await worker.realtime.streams.listen(speech)
        said(speech, "From ")
        await until(lambda: heard(carl) == "From ")

        command = store.desk.ask(ticket, Reply, body="I am here.")
        await other_node.dispatch.dispatch(command, store.desk.ada)
        await until(lambda: carl.of("event"))
        await until(speech.ended.is_set)
        said(speech, "nine ", "to ", "five.")  # As one who did not look would.
        node.realtime.streams.publish(
            ticket.id,
            {"about_seq": 1, "generation": 1, "index": 0, "text": "From nine", "done": False},
        )
        again = await enter(node, store.desk.carl)
        (joined,) = await again.join(ticket_room(ticket.id))

    assert heard(carl) == "From "
    assert joined["signals"] == []


async def test_the_clients_newer_message_ends_it_too_and_a_note_among_staff_does_not(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = opened(store)
    ada = await enter(node, store.desk.ada)
    await ada.join(staff_room(ticket.id))
    with node.realtime.streams.speak(ticket.id, Birth(1, 1)) as speech:
        said(speech, "From ")
        note = store.desk.ask(ticket, Reply, body="Look.", visibility="private")
        await node.dispatch.dispatch(note, store.desk.bob)
        await until(lambda: ada.of("event"))
        said(speech, "nine ")
        await until(lambda: heard(ada) == "From nine ")

        more = store.desk.ask(ticket, Reply, body="And on Sundays?")
        await node.dispatch.dispatch(more, store.desk.carl)
        await until(lambda: len(ada.of("event")) == 2)
        said(speech, "to ")

    with node.realtime.streams.speak(ticket.id, Birth(3, 1)) as speech:
        said(speech, "On Sundays ")
        await until(lambda: births(ada)[-1] == (3, 1))
    assert heard(ada) == "On Sundays "


async def test_who_begins_anew_takes_the_place_of_who_died_and_what_comes_late_is_dropped(
    store: MemoryStore, node: Node, enter: Enter
):
    ticket = opened(store)
    carl = await enter(node, store.desk.carl)
    await carl.join(ticket_room(ticket.id))
    streams = node.realtime.streams
    with (
        streams.speak(ticket.id, Birth(1, 1)) as dead,
        streams.speak(ticket.id, Birth(1, 2)) as new,
    ):
        said(dead, "From ", "nin")
        said(new, "From ", "nine to five.")
        said(dead, "e or so.")
        await until(lambda: heard(carl) == "From nine to five.")

    assert births(carl) == [(1, 1), (1, 1), (1, 2), (1, 2)]


async def test_what_comes_to_nothing_and_what_nobody_goes_on_with_is_taken_away(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    ticket = opened(store)
    node = await start_node(replace(CALM, stream_for=0.2))
    carl = await enter(node, store.desk.carl)
    await carl.join(ticket_room(ticket.id))
    with node.realtime.streams.speak(ticket.id, Birth(1, 1)) as speech:
        said(speech, "From ")
        speech.take_back()
        await until(lambda: len(carl.of("signal")) == 2)
    assert (heard(carl), carl.of("signal")[-1]["done"]) == ("", True)

    with node.realtime.streams.speak(ticket.id, Birth(1, 2)) as speech:
        said(speech, "From ")
    await until(lambda: len(carl.of("signal")) == 4)

    assert (heard(carl), carl.of("signal")[-1]["done"]) == ("", True)


async def test_the_message_it_becomes_ends_it(store: MemoryStore, node: Node, enter: Enter):
    ticket = opened(store)
    carl, late = await enter(node, store.desk.carl), await enter(node, store.desk.carl)
    await carl.join(ticket_room(ticket.id))
    with node.realtime.streams.speak(ticket.id, Birth(1, 1)) as speech:
        said(speech, "From nine.")
        level = AssistantLevel.PASSAGES
        answer = store.desk.ask(ticket, Answer, about_seq=1, body="From nine.", level=level)
        await node.dispatch.dispatch(answer, ASSISTANT)
        await until(lambda: carl.of("event"))
        (joined,) = await late.join(ticket_room(ticket.id))

    assert joined["signals"] == []
    assert joined["snapshot"]["messages"][-1]["body"] == "From nine."
