"""What the processes print: lines for people, or JSON for a collector."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson

from server.settings import Settings

LOUD = ("pymongo", "httpx", "asyncio", "socketio", "engineio", "taskiq", "uvicorn")


class _JsonLines(logging.Formatter):
    """{at, level, logger, message, error?} a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def set_up_logs(settings: Settings) -> None:
    """Everything to the standard output, which is the supervisor's or the container's to keep."""
    handler = logging.StreamHandler(sys.stdout)
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    handler.setFormatter(_JsonLines() if settings.log_format == "json" else text)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
