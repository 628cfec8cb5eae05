"""The real tokens at the door: whatever is not exactly ours opens nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
import socketio

from domain.errors import Unauthenticated
from domain.ports import Session
from realtime.options import Options
from server.auth.keys import key_for
from server.auth.tokens import ISSUER, TokenKind, Tokens
from tests.realtime.conftest import Enter, StartNode
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import CALM, TRANSPORTS, Client, disconnect

SECRET = b"a secret that only the tests know"
ACCESS = TokenKind.ACCESS.value


class Clock:
    def now(self) -> int:
        return CALM.now()


class TokenStore(MemoryStore):
    """Sessions by the product's own tokens; the subject is `ada` or nobody."""

    tokens = Tokens(SECRET, Clock())

    async def authenticate(self, token: str) -> Session:
        claims = self.tokens.read(token, TokenKind.ACCESS)
        if claims.subject != "ada":
            raise Unauthenticated("This session has ended.")
        return Session(claims.session_id, self.desk.ada, "1", claims.expires_at)


@pytest.fixture
def store() -> TokenStore:
    return TokenStore()


def forge(key: bytes | None = None, algorithm: str = "HS256", **changed: Any) -> str:
    now = CALM.now() // 1_000
    claims = {"iss": ISSUER, "aud": ACCESS, "sub": "ada", "sid": "s", "iat": now, "exp": now + 60}
    return jwt.encode(claims | changed, key or key_for(SECRET, "access tokens"), algorithm)


def unsigned() -> str:
    """The good token's content under `alg: none`."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    return f"{head.decode().rstrip('=')}.{forge().split('.')[1]}."


async def test_a_good_token_opens(store: MemoryStore, start_node: StartNode, enter: Enter):
    node = await start_node(Options())
    client = await enter(node, store.desk.ada, token=forge())
    await client.settled()


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="none"),
        pytest.param("garbage", id="garbage"),
        pytest.param("a.b.c", id="shaped like one"),
        pytest.param(forge(exp=1_000), id="expired"),
        pytest.param(forge(b"k" * 64), id="forged"),
        pytest.param(unsigned(), id="alg none"),
        pytest.param(forge(b"k" * 64, "HS512"), id="another algorithm"),
        pytest.param(forge(aud="refresh"), id="for something else"),
        pytest.param(forge(sub="somebody"), id="of nobody"),
        pytest.param("x" * 9_000, id="endless"),
    ],
)
async def test_no_other_token_does(start_node: StartNode, transport: str, token: str):
    node = await start_node(Options())
    client = Client(node, token)

    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(transport)

    assert client.refused["data"]["code"] in ("unauthenticated", "invalid")
    assert len(node.realtime.connections) == 0
    await disconnect([client])


async def test_a_token_that_is_no_good_any_more_renews_nothing(
    store: MemoryStore, start_node: StartNode, enter: Enter
):
    node = await start_node(Options())
    client = await enter(node, store.desk.ada, token=forge())

    answers = [await client.ask("renew", {"token": bad}) for bad in (forge(exp=1_000), unsigned())]
    renewed = await client.ask("renew", {"token": forge()})

    assert [answer["error"]["code"] for answer in answers] == ["unauthenticated"] * 2
    assert renewed["ok"]
