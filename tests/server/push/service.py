"""A push service on this machine: it asks who knocks, and hands what they bring to the browser."""

from __future__ import annotations

from typing import Any, NamedTuple

import jwt
import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_api.push.subscription import decode
from tests.server.push.browser import Browser

NOT_MADE_YET = {"verify_exp": False}  # The desk's clock is a fixed one.


class Delivered(NamedTuple):
    """What came: the words as the browser reads them, and what the service was told of them."""

    words: dict[str, Any]
    claims: dict[str, Any]
    key: str
    headers: dict[str, str]


class LocalPushService:
    def __init__(self) -> None:
        self.delivered: list[Delivered] = []
        self.knocks = 0
        self.answers: list[int] = []
        """What it answers next, first things first; nothing left: 201."""
        self._browsers: dict[str, Browser] = {}

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/send/{name}", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.origin = f"http://{host}:{port}"

    async def close(self) -> None:
        await self._runner.cleanup()

    def subscribe(self, name: str) -> tuple[str, Browser]:
        """The endpoint of a browser, and itself."""
        self._browsers[name] = Browser()
        return f"{self.origin}/send/{name}", self._browsers[name]

    async def _take(self, request: web.Request) -> web.Response:
        self.knocks += 1
        if self.answers and (status := self.answers.pop(0)) != 201:
            return web.Response(status=status)
        scheme, said = request.headers["Authorization"].split(" ", 1)
        assert scheme == "vapid"
        token, key = (part.split("=", 1)[1] for part in said.split(", "))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
        claims = jwt.decode(token, public, ["ES256"], audience=self.origin, options=NOT_MADE_YET)
        browser = self._browsers[request.match_info["name"]]
        words = orjson.loads(browser.read(await request.read()))
        self.delivered.append(Delivered(words, claims, key, dict(request.headers)))
        return web.Response(status=201)
