"""Every operation of the HTTP door, by the noun it is about."""

from __future__ import annotations

from server.http import (
    articles,
    attachments,
    audit,
    auth,
    commands,
    documents,
    effects,
    health,
    identify,
    messages,
    people,
    tickets,
    users,
    widget,
)

OPERATIONS = (
    *health.OPERATIONS,
    *auth.OPERATIONS,
    *identify.OPERATIONS,
    *tickets.OPERATIONS,
    *messages.OPERATIONS,
    *attachments.OPERATIONS,
    *commands.OPERATIONS,
    *people.OPERATIONS,
    *articles.OPERATIONS,
    *documents.OPERATIONS,
    *users.OPERATIONS,
    *audit.OPERATIONS,
    *effects.OPERATIONS,
    *widget.OPERATIONS,
)
