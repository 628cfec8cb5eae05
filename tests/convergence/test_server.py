"""An old snapshot and the events since are a fresh load, for each audience of each stream."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any, get_args

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.audience import parse_room
from domain.catalog import AgentEvent, TicketEvent, load_event
from domain.message import Envelope, Meta
from domain.process import WEIGHT
from domain.ticket.events import MessagePosted
from domain.ticket.evolve import evolve_message, fold
from domain.ticket.state import Message, Ticket
from domain.workforce.evolve import fold as fold_work
from domain.workforce.state import Agent
from tests.convergence.histories import ASKED, HISTORIES, Move, play, start
from tests.convergence.rooms import Seen, envelopes, load, rooms, unbroken
from tests.domain.desk import Desk

SEQUENCES = int(os.environ.get("CONVERGE_SEQUENCES", "200"))
many = settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def snapshots(history: list[Move]) -> tuple[Desk, list[tuple[str, Seen]]]:
    """Play a history; after every move the rooms of what moved are joined."""
    desk = Desk()
    start(desk)
    seen: dict[tuple[str, int], Seen] = {}
    lengths: dict[str, int] = {}
    for move in (None, *history):
        if move is not None:
            play(desk, move)
        for room in rooms(desk, but=lengths):
            snapshot = load(desk, room)
            seen.setdefault((room, snapshot.head), snapshot)
        lengths = {stream: len(commits) for stream, commits in desk.log.items()}
    return desk, [(room, snapshot) for (room, _), snapshot in seen.items()]


def folded(room: str, snapshot: Seen, since: list[Envelope]) -> Seen:
    """A client's view: what it joined with, moved forward by what it was sent."""
    if "agent" in snapshot.state:
        agent = Agent.model_validate(snapshot.state["agent"])
        for envelope in since:
            agent = fold_work(agent, *_commit(envelope))
        return Seen(agent.head, {"agent": agent.model_dump(mode="json")})
    ticket = Ticket.model_validate(snapshot.state["ticket"])
    messages = {each["id"]: Message.model_validate(each) for each in snapshot.state["messages"]}
    for envelope in since:
        events, meta = _commit(envelope)
        ticket = fold(ticket, events, meta)
        for event in events:
            posted = [event.message_id] if isinstance(event, MessagePosted) else []
            for identity in (*messages, *posted):
                message = evolve_message(messages.get(identity), event, meta, ticket.id)
                assert message is not None
                messages[identity] = message
    dumped = [message.model_dump(mode="json") for message in messages.values()]
    return Seen(ticket.seq, {"ticket": ticket.model_dump(mode="json"), "messages": dumped})


def nothing(room: str) -> Seen:
    """What a room's members know before its first commit."""
    identity = parse_room(room).id
    if room.startswith("agent:"):
        return Seen(0, {"agent": Agent(id=identity).model_dump(mode="json")})
    return Seen(0, {"ticket": Ticket(id=identity).model_dump(mode="json"), "messages": []})


def _commit(envelope: Envelope):
    meta = Meta.model_validate(envelope.model_dump(include={"seq", "at", "actor", "command_id"}))
    return [load_event(event) for event in envelope.events], meta


@many
@given(HISTORIES)
def test_an_old_snapshot_and_the_events_since_are_a_fresh_load(history: list[Move]):
    desk, snapshots_taken = snapshots(history)

    chains = {room: envelopes(desk, room) for room, _ in snapshots_taken}

    for room, snapshot in snapshots_taken:
        since = [each for each in chains[room] if each.seq > snapshot.head]
        fresh = load(desk, room)

        assert unbroken(snapshot.head, since, fresh.head)
        assert folded(room, snapshot, since) == fresh


@many
@given(HISTORIES, st.randoms(use_true_random=False))
def test_a_skipped_envelope_is_noticed(history: list[Move], chance):
    desk, snapshots_taken = snapshots(history)
    chains = {room: envelopes(desk, room) for room, _ in snapshots_taken}
    behind = [
        (room, snapshot, since)
        for room, snapshot in snapshots_taken
        if (since := [each for each in chains[room] if each.seq > snapshot.head])
    ]
    assume(behind)
    room, snapshot, since = chance.choice(behind)
    fresh = load(desk, room)
    skipped = chance.randrange(len(since))
    rest = since[:skipped] + since[skipped + 1 :]

    assert not unbroken(snapshot.head, rest, fresh.head)


def was_emptied(event: dict[str, Any]) -> bool:
    """Whether a deletion left nothing of what a change said: it is from nothing to nothing."""
    said = [value for name, value in event.items() if name not in ("type", "v", "before")]
    return "before" in event and said == [event["before"]]


def was_overtaken(event: dict[str, Any], later: list[dict[str, Any]]) -> bool:
    """Whether the same commit says of the clocks, as a whole, how they stand after it."""
    clocks = "ticket.sla_"
    return event["type"].startswith(clocks) and any(
        each["type"].startswith(clocks) for each in later
    )


def test_a_skipped_event_is_missed_whatever_its_kind():
    """Nothing that is committed is without effect, and no fold gives it for nothing."""
    missed: Counter[str] = Counter()

    @settings(many, max_examples=max(600, SEQUENCES), derandomize=SEQUENCES < 1_000)
    @given(HISTORIES)
    def skip_each(history: list[Move]):
        desk = Desk()
        start(desk)
        for move in history:
            play(desk, move)
        for room in rooms(desk, but={}):
            view = nothing(room)
            for envelope in envelopes(desk, room):
                whole = folded(room, view, [envelope])
                for place, event in enumerate(envelope.events):
                    if was_emptied(event) or was_overtaken(event, envelope.events[place + 1 :]):
                        continue
                    rest = [*envelope.events[:place], *envelope.events[place + 1 :]]
                    lacking = envelope.model_copy(update={"events": rest})
                    assert folded(room, view, [lacking]) != whole, event
                    missed[event["type"]] += 1
                view = whole

    skip_each()

    unions = (*get_args(TicketEvent), *get_args(AgentEvent))
    known = {member.model_fields["type"].default for member in unions}
    assert known - set(missed) == set()


@many
@given(ASKED)
def test_what_agents_carry_is_what_their_tickets_weigh(history: list[Move]):
    desk, _ = snapshots(history)

    for agent in desk.agents.values():
        owned = {
            ticket.id: WEIGHT[ticket.priority]
            for ticket in desk.tickets.values()
            if ticket.owner_id == agent.id and ticket.status.active and ticket.exists
        }
        assert {held.ticket_id: held.weight for held in agent.held.values()} == owned
        assert all(held.confirmed for held in agent.held.values())


@many
@given(HISTORIES)
def test_no_public_view_has_a_private_word(history: list[Move]):
    desk, snapshots_taken = snapshots(history)

    public = [each for each in snapshots_taken if parse_room(each[0]).audience == "public"]
    sent = {room: [each.model_dump_json() for each in envelopes(desk, room)] for room, _ in public}
    shown = "".join((*(text for texts in sent.values() for text in texts), str(public)))
    assert "private" not in shown.replace("'private': None", "")
    assert "vip" not in shown
