"""How every process of ours starts: its settings, its logs, its event loop."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Coroutine, Mapping

import uvloop

from server.logs import set_up_logs
from server.settings import Settings, SettingsError


def start(
    work: Callable[[Settings], Coroutine[None, None, None]],
    environ: Mapping[str, str] | None = None,
) -> None:
    """Run something to its end; settings that are wrong are said, with exit code 1."""
    try:
        settings = Settings.from_environ(os.environ if environ is None else environ)
    except SettingsError as error:
        sys.exit(str(error))
    set_up_logs(settings)
    uvloop.run(work(settings))
