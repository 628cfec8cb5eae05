"""The models that can be fetched by name, of four bits a weight: small enough for a processor."""

from __future__ import annotations

from typing import NamedTuple


class Named(NamedTuple):
    """A file in a repository of the hub."""

    repository: str
    file: str

    def url(self, hub: str) -> str:
        """Where the hub gives it."""
        return f"{hub}/{self.repository}/resolve/main/{self.file}"


NAMED = {
    "llama-3.2-1b": Named(
        "bartowski/Llama-3.2-1B-Instruct-GGUF", "Llama-3.2-1B-Instruct-Q4_K_M.gguf"
    ),
    "llama-3.2-3b": Named(
        "bartowski/Llama-3.2-3B-Instruct-GGUF", "Llama-3.2-3B-Instruct-Q4_K_M.gguf"
    ),
    "llama-3.1-8b": Named(
        "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf"
    ),
}
