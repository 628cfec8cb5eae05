"""The language model that the settings name."""

from __future__ import annotations

from pathlib import Path

from ai.llm.asking import Llm
from ai.llm.local import LocalLlm
from ai.llm.remote import RemoteLlm
from server.settings import Settings

OWN = "unix://"


def llm_of(settings: Settings) -> Llm | None:
    """A process of our own, or a server of somebody; None where the settings name none."""
    if not settings.llm_url:
        return None
    if settings.llm_url.startswith(OWN):
        return LocalLlm(Path(settings.llm_url.removeprefix(OWN)))
    model, key = settings.llm_model or None, settings.llm_key or None
    return RemoteLlm(settings.llm_url, model=model, key=key)
