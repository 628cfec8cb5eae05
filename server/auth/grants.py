"""What a session is answered with: its tokens, and whom they are for."""

from __future__ import annotations

from domain.errors import Unauthenticated
from server.auth.answers import Grant, person_of
from server.auth.families import Renewed
from server.auth.sessions import standings_of
from server.auth.tokens import TokenKind, Tokens
from server.store.connect import Store


class Grants:
    """Signs access tokens for sessions that go on."""

    def __init__(self, store: Store, tokens: Tokens, seconds: int) -> None:
        self._store = store
        self._tokens = tokens
        self._seconds = seconds

    async def of(self, renewed: Renewed) -> Grant:
        """The tokens of a session; raises Unauthenticated for one whose holder may nothing."""
        login = renewed.login
        standing = (await standings_of(self._store, [login])).get(login["_id"])
        if standing is None:
            raise Unauthenticated("This account is closed.")
        subject = login["user_id"] or login["contact_id"]
        access = self._tokens.sign(TokenKind.ACCESS, subject, login["_id"], self._seconds)
        return Grant(
            access_token=access,
            refresh_token=renewed.refresh_token,
            user=person_of(standing),
        )
