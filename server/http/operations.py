"""Every operation of the HTTP door, by the noun it is about."""

from __future__ import annotations

from server.http import (
    attachments,
    auth,
    commands,
    documents,
    health,
    messages,
    people,
    tickets,
    users,
)

OPERATIONS = (
    *health.OPERATIONS,
    *auth.OPERATIONS,
    *tickets.OPERATIONS,
    *messages.OPERATIONS,
    *attachments.OPERATIONS,
    *commands.OPERATIONS,
    *people.OPERATIONS,
    *documents.OPERATIONS,
    *users.OPERATIONS,
)
