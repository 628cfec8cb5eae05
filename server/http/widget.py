"""The chat widget: its one script, what it shows of an inbox, and a shop that embeds it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from domain.errors import Forbidden
from domain.message import Id
from server.brands import Brand
from server.http.operation import Call, Who, operation
from server.settings import CHECKOUT, Settings

HOME = CHECKOUT / "clients" / "widget"
SHORT = "public, max-age=300"
"""So soon every site has a new release; until then it asks with the ETag."""


class WidgetQuery(BaseModel):
    """An inbox by its id or its name; one that is not there is the first inbox."""

    model_config = ConfigDict(extra="forbid")

    inbox: Id | None = None
    name: Annotated[str, Field(max_length=200)] | None = None


@operation(
    "GET",
    "/api/widget/config",
    "What a widget shows of an inbox",
    takes=WidgetQuery,
    answers=Brand,
    who=Who.ANYBODY,
)
async def show_brand(call: Call, query: WidgetQuery) -> Brand:
    brands, origin = call.parts.brands, call.request.headers.get("origin")
    brand = await brands.of(query.inbox, query.name)
    if not brands.embeds(brand.inbox_id, origin):
        raise Forbidden(f"This inbox is not embedded at {origin}: add it to the inbox's sites.")
    return brand


class Script:
    """GET /widget.js from a build."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def __call__(self, request: Request) -> Response:
        if not self._file.exists():
            return PlainTextResponse("The widget is not built yet: run make setup.", 503)
        headers = {"Cache-Control": SHORT, "Cross-Origin-Resource-Policy": "cross-origin"}
        response = FileResponse(
            self._file,
            headers=headers,
            media_type="text/javascript",
            stat_result=self._file.stat(),
        )
        if request.headers.get("if-none-match") == response.headers["etag"]:
            return NotModifiedResponse(response.headers)
        return response


class Shop(StaticFiles):
    """The pages of a shop that there is not, to see the widget in."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)


async def _to_the_shop(_request: Request) -> Response:
    return Response(status_code=307, headers={"Location": "/shop/"})


async def _no_shop(_request: Request) -> Response:
    raise HTTPException(404)


def widget_routes(settings: Settings, home: Path = HOME) -> list[BaseRoute]:
    """The script everywhere, the shop in the demo."""
    script = Script(home / "dist" / "widget.js")
    routes: list[BaseRoute] = [Route("/widget.js", script.__call__)]
    if settings.mode == "demo":
        return [*routes, Route("/shop", _to_the_shop), Mount("/shop", Shop(home / "shop"))]
    return [*routes, Route("/shop", _no_shop), Route("/shop/{path:path}", _no_shop)]


OPERATIONS = (show_brand,)
