"""The ASGI application: routes, the layers around them, and the sockets beside them."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from server.composition import Parts
from server.http.guard import Guard
from server.http.operation import COMMAND_HEADER, Operation, routes_of
from server.http.operations import OPERATIONS
from server.http.pages import Pages
from server.http.refusals import HANDLERS


def make_app(parts: Parts) -> ASGIApp:
    """REST, health, the web pages, and the socket door."""
    return parts.realtime.mount(make_http(parts), parts.dispatch)


def make_http(parts: Parts, operations: Iterable[Operation] = OPERATIONS) -> ASGIApp:
    """The HTTP door alone."""
    app = Starlette(
        routes=routes_of(operations, parts),
        middleware=[
            Middleware(Guard, secure=parts.settings.public_url.startswith("https:")),
            Middleware(
                CORSMiddleware,
                allow_origins=parts.settings.origins,
                allow_methods=("GET", "POST", "PUT", "DELETE"),
                allow_headers=("Authorization", COMMAND_HEADER),
                expose_headers=(COMMAND_HEADER, "Retry-After"),
            ),
        ],
        exception_handlers=HANDLERS,
    )
    app.router.redirect_slashes = False
    app.router.default = Pages()
    return app
