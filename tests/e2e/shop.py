"""A shop at an origin of its own that embeds the widget of a desk."""

from __future__ import annotations

import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from server.settings import CHECKOUT

PAGES = CHECKOUT / "clients" / "widget" / "shop"
POLICY = (
    "default-src 'self'; script-src 'self' {desk}; connect-src {desk} {sockets}; style-src 'self'"
)
"""What a strict site must allow, and no more: clients/widget/README.md says so."""


class Shop:
    """Serves the pages of the demo's shop; their script is that of the desk it is at."""

    def __init__(self) -> None:
        shop = self
        self.desk = ""
        self.more = ""
        """Attributes that are added to the script's tag."""

        class Pages(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                path = PAGES / (self.path.partition("?")[0].lstrip("/") or "index.html")
                if not path.is_file():
                    self.send_error(404)
                    return
                content = path.read_bytes()
                if path.suffix == ".html":
                    tag = f'src="{shop.desk}/widget.js" {shop.more} '
                    content = content.replace(b'src="/widget.js"', tag.encode())
                self.send_response(200)
                self.send_header("Content-Type", self.guess_type(str(path)))
                self.send_header("Content-Length", str(len(content)))
                sockets = shop.desk.replace("http", "ws", 1)
                self.send_header(
                    "Content-Security-Policy", POLICY.format(desk=shop.desk, sockets=sockets)
                )
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.url = f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
