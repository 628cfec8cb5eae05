"""The assistant: what it can do at present, and what a client says to it beside messages."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel

from domain.access import Permission
from domain.assistant.commands import RateAnswer
from domain.assistant.state import AssistantLevel, AssistantState
from domain.document import require
from domain.inbox.state import Inbox
from domain.message import Record
from server.assistant.helps import HelpCount, Helps
from server.assistant.standing import ModelStanding, Standings
from server.http.asked import asked
from server.http.operation import Call, operation
from server.http.tickets import Changed
from server.store.documents import find
from server.store.models import TicketHeader


class WhyNotMore(StrEnum):
    """What keeps the assistant from the next level."""

    NO_INBOX = "no_inbox"
    NO_WORKER = "no_worker"
    NO_ARTICLES = "no_articles"
    NO_MODEL = "no_model"


class AssistantStanding(Record):
    """`tickets` are those that are active, by whose turn it is. Without an inbox that has it on,
    it is off."""

    level: AssistantLevel
    why: WhyNotMore | None
    embedder: ModelStanding
    llm: ModelStanding
    articles: int
    tickets: dict[AssistantState, int]
    copilot: HelpCount


@operation(
    "GET",
    "/api/assistant",
    "See what the assistant can do, and why not more",
    answers=AssistantStanding,
)
async def read_assistant(call: Call) -> AssistantStanding:
    require(call.actor, Permission.PEOPLE_READ)
    store = call.parts.store
    best = await Standings(store, call.parts.clock).best()
    on = bool(await find(store, Inbox, {"state.assistant": True}, limit=1))
    why = _why_not_more(best.level, best.articles, on=on)
    tickets = store[TicketHeader]
    active = {"state.status": {"$in": ["open", "in_progress", "pending"]}, "listed": True}
    return AssistantStanding(
        level=best.level if on and best.articles else AssistantLevel.OFF,
        why=why,
        embedder=best.embedder,
        llm=best.llm,
        articles=best.articles,
        tickets={
            each: await tickets.count_documents({**active, "state.assistant.state": each.value})
            for each in AssistantState
        },
        copilot=await Helps(store).count(call.parts.clock.now()),
    )


def _why_not_more(level: AssistantLevel, articles: int, *, on: bool) -> WhyNotMore | None:
    if not on:
        return WhyNotMore.NO_INBOX
    if level is AssistantLevel.OFF:
        return WhyNotMore.NO_WORKER
    if not articles:
        return WhyNotMore.NO_ARTICLES
    return None if level is AssistantLevel.MODEL else WhyNotMore.NO_MODEL


@operation(
    "POST",
    "/api/tickets/{id}/ask-person",
    "Leave a ticket to people, and not to the assistant",
    answers=Changed,
)
async def ask_person(call: Call) -> Changed:
    outcome = await call.command("ticket.ask_person", ticket_id=call.id())
    return Changed(seq=outcome.seq)


@operation(
    "POST",
    "/api/tickets/{id}/messages/{message_id}/rating",
    "Say whether an answer of the assistant helped",
    takes=asked(RateAnswer, "ticket_id", "message_id"),
    answers=Changed,
)
async def rate_answer(call: Call, given: BaseModel) -> Changed:
    outcome = await call.command(
        "assistant.rate", given, ticket_id=call.id(), message_id=call.id("message_id")
    )
    return Changed(seq=outcome.seq)


OPERATIONS = (read_assistant, ask_person, rate_answer)
