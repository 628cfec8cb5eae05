"""What hangs on a team, an inbox or a category, in words for who wants to delete it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.inbox.state import Category, Inbox
from domain.knowledge.state import Article
from domain.sla.policy import Policy
from domain.ticket.state import Status
from server.store.connect import Store
from server.store.documents import count, find
from server.store.models import TicketHeader

MANY = 100


async def needs_of_team(store: Store, team_id: str) -> tuple[str, ...]:
    """What would be without its team."""
    inboxes = await find(store, Inbox, {"state.team_id": team_id})
    categories = await find(store, Category, {"state.team_id": team_id})
    return (
        *(f"the inbox {inbox.name!r}" for inbox in inboxes),
        *(f"the category {category.name!r}" for category in categories),
        *await needs_of_policies(
            store, {"$or": [{"state.team_ids": team_id}, {"state.ladder.team_id": team_id}]}
        ),
        *await needs_of_tickets(store, "team_id", team_id),
    )


async def needs_of_category(store: Store, category: str) -> tuple[str, ...]:
    """What still names a category: tickets that are not done yet, and articles."""
    articles = await count(store, Article, {"state.category": category})
    named = (f"{articles} article{'s' if articles > 1 else ''}",) if articles else ()
    policies = await needs_of_policies(store, {"state.category_ids": category})
    return (*await needs_of_tickets(store, "category", category), *named, *policies)


async def needs_of_policies(store: Store, where: Mapping[str, Any]) -> tuple[str, ...]:
    """The policies that a filter finds."""
    return tuple(f"the policy {each.name!r}" for each in await find(store, Policy, where))


async def needs_of_tickets(store: Store, field: str, identity: str) -> tuple[str, ...]:
    """Tickets that are not done yet and name it in a field of theirs."""
    named = await store[TicketHeader].count_documents(
        {
            f"state.{field}": identity,
            "state.status": {"$ne": Status.CLOSED.value},
            "state.deleted": False,
        },
        limit=MANY,
    )
    many = f"{named} or more" if named == MANY else str(named)
    return (f"{many} open ticket{'s' if named > 1 else ''}",) if named else ()
