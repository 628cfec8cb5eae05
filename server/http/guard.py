"""The outermost layer: headers on every answer, and an answer even to what nobody foresaw."""

from __future__ import annotations

import logging
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.http.answers import broken

_log = logging.getLogger("deskwire.http")

API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    # Transitions of the web pages set styles on elements.
    "style-src 'self' 'unsafe-inline'; "
    "worker-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    # The demo shows several of our pages side by side; nobody else may show them.
    "frame-src 'self'; frame-ancestors 'self'"
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
SECURE_ONLY = "max-age=31536000"


class Guard:
    """Answers of the API are never cached, pages may only load what is ours."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": SECURE_ONLY} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        page = not scope["path"].startswith("/api/")

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(MutableHeaders(scope=message), page=page)
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except ClientDisconnect:
            return
        except Exception:
            trace = uuid4().hex
            _log.exception("%s %r failed, trace %s", scope["method"], scope["path"], trace)
            if started:
                raise  # Half an answer is out: only a broken connection can say so now.
            await broken(trace)(scope, receive, send_guarded)

    def _add_headers(self, headers: MutableHeaders, *, page: bool) -> None:
        for name, value in self._headers.items():
            headers[name] = value
        headers["X-Frame-Options"] = "SAMEORIGIN" if page else "DENY"
        headers.setdefault("Content-Security-Policy", PAGE_POLICY if page else API_POLICY)
        headers.setdefault("Cache-Control", "no-cache" if page else "no-store")
