"""Answers one message: finds, judges, writes before the client's eyes, and commits."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import NamedTuple

from ai.answering.passages import Found, Passage
from ai.answering.writing import (
    OFFERED,
    Asked,
    NoAnswer,
    NotInSources,
    Writer,
    ask_back,
    by_article,
    foreign_links,
    links_of,
    paced,
    sources_of,
)
from ai.llm.asking import LlmError
from domain.access import Actor
from domain.assistant.commands import Answer, HandOverTicket
from domain.assistant.judging import Verdict, is_same, judge
from domain.assistant.state import Assistant, AssistantLevel, AssistantState, Fallback, HandOver
from domain.assistant.turn import has_said_enough
from domain.errors import CommandIdReused, Conflict, NotFound
from domain.inbox.state import Inbox
from domain.message import ActorKind, Command, Id
from domain.ports import Dispatch
from domain.ticket.state import Message, Ticket, Visibility
from realtime.streams import Birth, Speech, Streams
from server.assistant.searching import Shelf
from server.faults import fault
from server.store.connect import Store
from server.store.contacts import survivor_of
from server.store.documents import fetch
from server.store.effects import DONE, Effect, Outcome, dropped, failed
from server.store.streams import Streams as Logs

log = logging.getLogger(__name__)

MOST_WRITERS = 2
"""A model, and the passages where it fails: each has a generation of its own on the way out."""
ASSISTANT_ACTOR = Actor(kind=ActorKind.ASSISTANT, id="assistant")


class _Turn(NamedTuple):
    """What is answered."""

    ticket: Ticket
    assistant: Assistant
    question: Message
    before: Sequence[Message]
    """What was said in public before it."""


class _Draft(NamedTuple):
    """A text to show: what it is made by and from, and the texts whose links it may have."""

    level: AssistantLevel
    passages: Sequence[Passage]
    links: Sequence[str]
    write: Callable[[], AsyncGenerator[str]]


class Answering:
    """Performs the effects of the assistant, one at a time each."""

    def __init__(
        self,
        store: Store,
        logs: Logs,
        dispatch: Dispatch,
        streams: Streams,
        shelf: Shelf,
        writers: Callable[[], Sequence[Writer]],
    ) -> None:
        self._store = store
        self._logs = logs
        self._dispatch = dispatch
        self._streams = streams
        self._shelf = shelf
        self.writers = writers

    async def answer(self, effects: Sequence[Effect]) -> Outcome:
        """By the best writer at hand; by the next where a model fails in the middle."""
        [effect] = effects
        ticket_id, seq = effect.about["ticket_id"], int(effect.about["seq"])
        for number, writer in enumerate(self.writers()):
            birth = Birth(seq, effect.token * MOST_WRITERS + number)
            with self._streams.speak(ticket_id, birth) as speech:
                try:
                    return await self._answer(effect, writer, speech)
                except LlmError as error:
                    speech.take_back()
                    log.warning("%s is answered without a model: %s", ticket_id, error)
        return failed("nobody could write")

    async def _answer(self, effect: Effect, writer: Writer, speech: Speech) -> Outcome:
        """Whatever ends its turn meanwhile, the command is refused, and nothing was said."""
        await self._streams.listen(speech)
        turn = await self._turn(effect.about["ticket_id"], int(effect.about["seq"]))
        if turn is None:
            return dropped("not its turn")
        said = await self._say(effect, turn, writer, speech)
        if said is None:
            return dropped("somebody was faster")
        try:
            await self._dispatch.dispatch(said, ASSISTANT_ACTOR)
        except (Conflict, NotFound):
            speech.take_back()
            return dropped("somebody was faster")
        except CommandIdReused:  # It was said before, in other words.
            pass
        return DONE

    async def _turn(self, ticket_id: Id, seq: int) -> _Turn | None:
        """What waits at a seq; None where nothing does any more."""
        stream = f"ticket:{ticket_id}"
        standing = await self._logs.headers.load(stream)
        ticket = standing.state
        assistant = ticket.assistant if isinstance(ticket, Ticket) else None
        if not isinstance(ticket, Ticket) or assistant is None or not ticket.status.active:
            return None
        if assistant.state is not AssistantState.WAITING or assistant.seq != seq:
            return None
        await self._logs.projection.catch_up(stream)
        said = sorted(
            (
                each
                for each in await self._logs.messages.of_ticket(ticket_id)
                if each.visibility is Visibility.PUBLIC
            ),
            key=lambda each: each.seq,
        )
        question = next((each for each in said if each.seq == seq), None)
        if question is None:
            return None
        return _Turn(ticket, assistant, question, [each for each in said if each.seq < seq])

    async def _say(
        self, effect: Effect, turn: _Turn, writer: Writer, speech: Speech
    ) -> Command | None:
        """What to say, once it was shown; None where somebody was faster."""
        if turn.question.redacted_at is not None:
            return _hand_over(effect, turn, HandOver.FAILED)
        text = _asked_in(turn, turn.question)
        clients = (each for each in turn.before if each.author.kind is ActorKind.CLIENT)
        if has_said_enough(turn.assistant) or is_same(text, [_asked_in(turn, e) for e in clients]):
            return _hand_over(effect, turn, HandOver.LOOP)
        contact = await survivor_of(self._store, turn.ticket.requester_id)
        asked = Asked(text, self._shelf.language(turn.ticket, contact, text))
        found = await self._shelf.find(asked.text, asked.language)
        for draft in await self._drafts(turn, asked, found, writer):
            try:
                body = await _show(draft, speech)
            except NoAnswer:
                continue
            except NotInSources:
                break
            return None if body is None else _answer(effect, turn, body, draft)
        speech.take_back()
        return _hand_over(effect, turn, _why(found), found)

    async def _drafts(
        self, turn: _Turn, asked: Asked, found: Found, writer: Writer
    ) -> Sequence[_Draft]:
        """What could be said, one where the one before says that it is no answer."""
        drafts: list[_Draft] = []
        links = links_of(found.passages)
        match _judge(found, turn):
            case Verdict.ANSWER:
                passages = found.passages[: writer.reads]
                write = partial(writer.write, asked, passages)
                drafts.append(_Draft(writer.level, passages, links, write))
            case Verdict.ASK_BACK:
                passages = by_article(found.passages)[:OFFERED]
                write = partial(paced, ask_back(asked, passages))
                return [_Draft(AssistantLevel.QUESTION, passages, links, write)]
            case Verdict.HAND_OVER:
                pass
        inbox = await fetch(self._store, Inbox, turn.ticket.inbox_id)
        if (beyond := writer.beyond) and inbox and inbox.fallback is Fallback.GENERAL:
            drafts.append(_Draft(beyond.level, (), (), partial(beyond.write, asked, ())))
        return drafts


def _judge(found: Found, turn: _Turn) -> Verdict:
    first = turn.assistant.answers == 0
    return judge(found.confidence, by_meaning=found.by_meaning, first=first)


def _why(found: Found) -> HandOver:
    """It did find something, or it did not."""
    once = judge(found.confidence, by_meaning=found.by_meaning, first=True)
    return HandOver.NOTHING_FOUND if once is Verdict.HAND_OVER else HandOver.UNSURE


async def _show(draft: _Draft, speech: Speech) -> str | None:
    """Let members read a text as it comes; None as soon as somebody was faster.

    Raises NotInSources before a link is shown that its passages do not have.
    """
    body, speech.level = "", draft.level
    async with aclosing(draft.write()) as pieces:  # A model that nobody waits for writes no more.
        async for piece in pieces:
            if speech.ended.is_set():
                return None
            body += piece
            if foreign_links(body, draft.links, growing=True):
                raise NotInSources
            speech.say(piece)
            fault("while_speaking")
    if foreign_links(body, draft.links):
        raise NotInSources
    return None if speech.ended.is_set() else body


def _asked_in(turn: _Turn, message: Message) -> str:
    """What somebody asked in a message; to the first the title belongs."""
    title = turn.ticket.title if message.id == turn.ticket.description_id else ""
    return message.body if title in message.body else f"{title} {message.body}"


def _answer(effect: Effect, turn: _Turn, body: str, draft: _Draft) -> Answer:
    return Answer(
        command_id=effect.id,
        ticket_id=turn.ticket.id,
        about_seq=turn.assistant.seq,
        body=body,
        sources=sources_of(draft.passages),
        level=draft.level,
    )


def _hand_over(
    effect: Effect, turn: _Turn, reason: HandOver, found: Found | None = None
) -> HandOverTicket:
    return HandOverTicket(
        command_id=effect.id,
        ticket_id=turn.ticket.id,
        about_seq=turn.assistant.seq,
        reason=reason,
        found=sources_of(found.passages) if found else (),
    )
