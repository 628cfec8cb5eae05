"""The copilot: texts for the agent who asks, as they are written, and what became of them.

They come in the answer itself, a line of JSON each, so nobody else can read them; who closes the
connection ends the model's work. Nothing of a text is stored.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from ai.answering.languages import guess
from ai.copilot.helping import Begun, NeedsModel, NothingFound, help_with
from ai.copilot.wanted import Task, Wanted, question_in
from ai.llm.asking import Place, Text
from domain.access import Permission, allows, belonging_of
from domain.assistant.judging import Verdict as Judgement
from domain.assistant.judging import judge
from domain.assistant.state import AssistantLevel
from domain.contact.state import Contact
from domain.document import require
from domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Retryable
from domain.knowledge.state import Language
from domain.message import Audience, Id
from domain.ticket.state import Ticket
from server.assistant.helps import Help, Helps, Verdict
from server.assistant.talk import line_of, said_in
from server.http.operation import Call, operation
from server.http.tickets import load_readable
from server.jobs.routing import language_of
from server.store.contacts import survivor_of

log = logging.getLogger(__name__)

LINES = "application/x-ndjson"
HEADERS = {"X-Accel-Buffering": "no"}  # nginx hands it on as it comes.


class WantedHelp(BaseModel):
    """`draft` is what a rewriting task begins with. Without a `language` a reply and a translation
    come in the client's, a summary in English, and a draft stays in its own."""

    model_config = ConfigDict(extra="forbid")

    task: Task
    draft: Annotated[str, Field(max_length=20_000)] = ""
    language: Language | None = None


class HelpJudged(BaseModel):
    """What became of a text."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict


@operation(
    "POST",
    "/api/tickets/{id}/copilot",
    "Have the copilot write; lines of {begun, sources}, {place}, {text}, last {done} or {error}",
    takes=WantedHelp,
    media_type=LINES,
)
async def ask_copilot(call: Call, given: WantedHelp) -> StreamingResponse:
    ticket = await load_readable(call, call.id())
    if not allows(call.actor, Permission.TICKET_NOTE, belonging_of(ticket)):
        raise Forbidden("The copilot is for those who may write notes in the ticket.")
    if given.task.rewrites and not given.draft.strip():
        raise Invalid("There is no draft to write anew.", fields={"draft": "empty"})
    wanted = await _wanted(call, ticket, given)
    pieces = _lines(call, ticket.id, wanted)
    return StreamingResponse(pieces, media_type=LINES, headers=HEADERS)


async def _wanted(call: Call, ticket: Ticket, given: WantedHelp) -> Wanted:
    """What was said in the ticket, and for a suggestion what the articles say to it."""
    store = call.parts.store
    contact = await survivor_of(store, ticket.requester_id)
    # What colleagues noted is not for the client, so it is in nothing that may be sent.
    notes_too = given.task is Task.SUMMARISE
    audience = Audience.STAFF if notes_too else Audience.PUBLIC
    talk = [line_of(each) for each in await said_in(store, ticket.id, audience)]
    wanted = Wanted(
        task=given.task,
        language="",
        title=ticket.title,
        talk=talk,
        client=contact.name if contact else "",
        draft=given.draft,
    )
    language = given.language or _language(ticket, contact, wanted)
    wanted = wanted._replace(language=language)
    if given.task is not Task.SUGGEST:
        return wanted
    answers = await call.parts.finder.find(ticket.id, language)
    verdict = judge(answers.confidence, by_meaning=answers.by_meaning, first=True)
    # An agent reads it first, so what is only likely is worth showing too.
    return wanted._replace(passages=() if verdict is Judgement.HAND_OVER else answers.passages)


def _language(ticket: Ticket, contact: Contact | None, wanted: Wanted) -> str:
    match wanted.task:
        case Task.SUGGEST | Task.TRANSLATE:
            return language_of(ticket, contact) or guess(
                question_in(wanted.title, wanted.talk), ("en", "es")
            )
        case Task.SUMMARISE:
            return "en"
        case _:
            return guess(wanted.draft, ("en", "es"))


async def _lines(call: Call, ticket_id: Id, wanted: Wanted) -> AsyncGenerator[bytes]:
    """The text as it comes; a refusal that shows late is the last line."""
    begun = partial(_begin, call, ticket_id, wanted.task)
    try:
        async with aclosing(help_with(wanted, call.parts.llm)) as pieces:
            async for piece in pieces:
                match piece:
                    case Begun():
                        await begun(piece.level)
                        sources = [each.model_dump(mode="json") for each in piece.sources]
                        yield _said({"begun": piece.level.value, "sources": sources})
                    case Place():
                        yield _said({"place": piece.place})
                    case Text():
                        yield _said({"text": piece.text})
    except NeedsModel:
        yield _refused(Conflict("No language model is there to write it anew."))
    except NothingFound:
        yield _refused(NotFound("No article answers what the client asks."))
    except Exception:
        log.exception("the copilot failed at %s", ticket_id)
        yield _refused(Retryable("The copilot failed. Try again."))
    else:
        yield _said({"done": call.command_id})


async def _begin(call: Call, ticket_id: Id, task: Task, level: AssistantLevel) -> None:
    await Helps(call.parts.store).begin(
        call.command_id,
        Help(
            ticket_id=ticket_id,
            agent_id=call.actor.user_id or call.actor.id,
            task=task,
            level=level,
            at=call.parts.clock.now(),
        ),
    )


def _said(line: dict[str, object]) -> bytes:
    return orjson.dumps(line) + b"\n"


def _refused(error: DomainError) -> bytes:
    return _said({"error": error.as_dict()})


@operation(
    "POST",
    "/api/copilot/{id}/verdict",
    "Say what became of a text of the copilot, by the id it was asked with",
    takes=HelpJudged,
)
async def judge_help(call: Call, given: HelpJudged) -> None:
    require(call.actor, Permission.TICKET_NOTE)
    mine = call.actor.user_id or call.actor.id
    if not await Helps(call.parts.store).judge(call.id(), mine, given.verdict):
        raise NotFound("There is no such text of yours.")


OPERATIONS = (ask_copilot, judge_help)
