"""Tells whom the commits of tickets concern."""

from __future__ import annotations

from collections.abc import Collection

from domain.message import Id
from domain.notification.telling import Over, Told, calls_supervisors, over_by, told_by
from domain.ticket.state import Ticket
from server.jobs.reactors import Owing
from server.notices.desk import NoticeDesk, Source
from server.store.connect import Store
from server.store.headers import Headers
from server.store.people import supervisors_of


class NoticeReactor:
    """Whose a ticket is now is told, not whose it was: they are to do something about it."""

    def __init__(self, store: Store, headers: Headers, desk: NoticeDesk) -> None:
        self._store = store
        self._headers = headers
        self._desk = desk

    async def __call__(self, owing: Owing) -> Collection[str]:
        standings = await self._headers.load_some(
            {stream: commits[-1].seq for stream, commits in owing.items()}
        )
        told: list[tuple[Source, Told]] = []
        over: list[tuple[Source, Over]] = []
        supervisors: dict[Id | None, Collection[Id]] = {}
        for stream, standing in standings.items():
            ticket = standing.state
            if not isinstance(ticket, Ticket) or not ticket.exists:
                continue
            for commit in owing[stream]:
                source = Source(commit.id, commit.at, commit.actor, ticket, commit.seq)
                above: Collection[Id] = ()
                if calls_supervisors(ticket, commit.events):
                    team_id = ticket.team_id
                    if team_id not in supervisors:  # Promises break by the hundred after an outage.
                        supervisors[team_id] = await supervisors_of(self._store, team_id)
                    above = supervisors[team_id]
                told += [
                    (source, each) for each in told_by(ticket, commit.events, commit.actor, above)
                ]
                over += [(source, each) for each in over_by(commit.events)]
        await self._desk.tell(told)
        for source, each in over:
            await self._desk.settle(source, each)
        return standings.keys()
