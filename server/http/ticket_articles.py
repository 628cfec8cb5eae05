"""Writing an article from a solved ticket: a draft, without what is the client's own."""

from __future__ import annotations

from collections.abc import Sequence

from ai.answering.languages import guess
from ai.drafting.article import draft_article
from domain.access import Permission
from domain.document import require
from domain.errors import Conflict
from domain.knowledge.commands import CreateArticle
from domain.knowledge.masking import masked
from domain.knowledge.state import Article
from domain.message import ActorKind, Audience
from domain.people.state import User
from domain.ticket.state import Message
from server.assistant.talk import line_of, said_in
from server.http.documents import load_article
from server.http.operation import Call, operation
from server.http.tickets import load_readable
from server.jobs.routing import language_of
from server.store.contacts import survivor_of
from server.store.documents import fetch_many, find


@operation(
    "POST",
    "/api/tickets/{id}/article",
    "Draft an article from a solved ticket; the one that there is, where there is one",
    answers=Article,
)
async def draft_from_ticket(call: Call) -> Article:
    require(call.actor, Permission.ARTICLE_MANAGE)
    ticket = await load_readable(call, call.id())
    store = call.parts.store
    if written := await find(store, Article, {"state.ticket_id": ticket.id}, limit=1):
        return written[0]
    if ticket.status.active:
        raise Conflict("Solve the ticket first: an article says what helped.")
    public = await said_in(store, ticket.id, Audience.PUBLIC)
    # What the assistant said stands in articles already; where people went on it did not help.
    said = [each for each in public if each.author.kind is not ActorKind.ASSISTANT]
    contact = await survivor_of(store, ticket.requester_id)
    names = [contact.name] if contact else []
    names += await _names_of_staff(call, said)
    talk = [line._replace(text=masked(line.text, names)) for line in map(line_of, said)]
    title = masked(ticket.title, names)
    text = " ".join((title, *(line.text for line in talk)))
    language = language_of(ticket, contact) or guess(text, ("en", "es"))
    drafted = await draft_article(title, talk, language, call.parts.llm)
    if drafted is None:
        raise Conflict("Nobody answered anything in this ticket that an article could say.")
    command = CreateArticle(
        command_id=call.command_id,
        title=masked(drafted.title, names)[:200],
        body=masked(drafted.body, names),
        category=ticket.category,
        language=language,
        ticket_id=ticket.id,
    )
    made = await call.parts.dispatch.dispatch(command, call.actor)
    return await load_article(call, made.result["article_id"])


async def _names_of_staff(call: Call, said: Sequence[Message]) -> list[str]:
    ids = [each.author.id for each in said if each.author.kind is ActorKind.AGENT]
    return [user.name for user in (await fetch_many(call.parts.store, User, ids)).values()]


OPERATIONS = (draft_from_ticket,)
