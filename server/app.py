"""The ASGI application: routes, the layers around them, and the sockets beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from server.article_search import SocketSearch
from server.brands import Brands
from server.composition import Parts
from server.http.demo import OPERATIONS as DEMO
from server.http.guard import Guard
from server.http.operation import COMMAND_HEADER, Operation, routes_of
from server.http.operations import OPERATIONS
from server.http.pages import Pages
from server.http.rates import Rates
from server.http.refusals import HANDLERS
from server.http.widget import widget_routes


class Cors(CORSMiddleware):
    """Lets pages of other sites read answers: those that the inboxes name at this moment too."""

    def __init__(self, app: ASGIApp, *, brands: Brands, **more: Any) -> None:  # noqa: ANN401
        super().__init__(app, **more)
        self._brands = brands

    def is_allowed_origin(self, origin: str) -> bool:
        return self._brands.admits(origin)


def make_app(parts: Parts) -> ASGIApp:
    """REST, health, the web pages, and the socket door."""
    rates = Rates(parts.settings)
    search = SocketSearch(parts.library, rates)
    return parts.realtime.mount(make_http(parts, rates=rates), parts.dispatch, search)


def make_http(
    parts: Parts, operations: Iterable[Operation] | None = None, rates: Rates | None = None
) -> ASGIApp:
    """The HTTP door alone."""
    if operations is None:
        operations = (*OPERATIONS, *(DEMO if parts.settings.mode == "demo" else ()))
    app = Starlette(
        routes=[
            *routes_of(operations, parts, rates or Rates(parts.settings)),
            *widget_routes(parts.settings),
        ],
        middleware=[
            Middleware(Guard, secure=parts.settings.public_url.startswith("https:")),
            Middleware(
                Cors,
                brands=parts.brands,
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
