"""The built web pages: hashed assets for ever, every other address is the one page."""

from __future__ import annotations

from os import PathLike, stat_result
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from server.settings import CHECKOUT

DIST = CHECKOUT / "clients" / "web" / "dist"
FOREVER = "public, max-age=31536000, immutable"
NOT_PAGES = ("assets/", "socket.io/")

NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Deskwire</title>
<body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 20vh auto; padding: 0 1rem">
<h1>The web pages are not built yet</h1>
<p>Deskwire is running. To build its pages, run this in its folder, then load this page again:</p>
<pre>python3 bootstrap.py setup</pre>
"""


class Pages(StaticFiles):
    """The files of a build. The page's own router decides what an address shows."""

    def __init__(self, dist: Path = DIST) -> None:
        super().__init__(directory=dist, check_dir=False)
        self._index = dist / "index.html"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.get_response(self.get_path(scope), scope)
        await response(scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        address = scope["path"].lstrip("/")
        if address.startswith("api/"):
            raise HTTPException(404)
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not _is_page(address):
                raise
        if not self._index.exists():
            return HTMLResponse(NOT_BUILT, 503)
        return await super().get_response("index.html", scope)

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        if scope["path"].startswith("/assets/"):
            response.headers["Cache-Control"] = FOREVER
        return response


def _is_page(path: str) -> bool:
    """Whether a path without a file may be an address of the web pages."""
    return not path.startswith(NOT_PAGES) and "." not in path.rpartition("/")[2]
