"""The configuration of the nginx that stands before several nodes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from server.processes.nodes import LOCAL
from server.settings import CHECKOUT, Settings

TEMPLATE = CHECKOUT / "deploy" / "nginx.conf.template"


def write_nginx(settings: Settings, ports: Iterable[int]) -> Path:
    """Write the data folder's nginx.conf, to be included in the http block; give its place."""
    place = settings.data_dir / "nginx.conf"
    place.write_text(render_nginx(settings, ports))
    return place


def render_nginx(settings: Settings, ports: Iterable[int]) -> str:
    """The template of deploy/ for nodes on these ports of this machine."""
    host = LOCAL.get(settings.host, settings.host)
    host = f"[{host}]" if ":" in host else host
    return _Nginx(TEMPLATE.read_text()).substitute(
        servers="\n".join(
            f"    server {host}:{port} max_fails=1 fail_timeout=2s;" for port in ports
        ),
        name=urlsplit(settings.public_url).hostname,
        body_bytes=settings.attachment_max_bytes + 64 * 1024,
    )


class _Nginx(Template):
    """`@{name}` marks what is filled in, since nginx has its own dollars."""

    delimiter = "@"
