"""What a command will run with: its settings, and which stores it must bring itself."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.processes.stores import Store, url_of
from server.settings import CHECKOUT, Settings, SettingsError

SECRET_FILE = "secret-key"
MODE_FILE = "mode"
VARIABLES = tuple(store.variable for store in Store)


@dataclass(frozen=True)
class Plan:
    """Settings, the stores to embed, and what the person should know before the start."""

    settings: Settings
    embedded: tuple[Store, ...]
    notes: tuple[str, ...] = ()


def data_dir_of(environ: Mapping[str, str]) -> Path:
    """The data folder that DATA names; `data` in the checkout where it names none."""
    return Path(environ.get("DATA", "").strip() or CHECKOUT / "data").expanduser().absolute()


def plan_demo(environ: Mapping[str, str]) -> Plan:
    """The demo always brings its own stores, so that it cannot seed somebody's real ones."""
    data_dir = data_dir_of(environ)
    _claim(data_dir, "demo")
    ignored = [name for name in (*VARIABLES, "SECRET_KEY") if environ.get(name)]
    values = {
        **environ,
        **{store.variable: url_of(store, data_dir) for store in Store},
        "SECRET_KEY": kept_secret(data_dir),
        "DESKWIRE_MODE": "demo",
    }
    if environ.get("NO_AI", "") not in ("", "0"):
        values["DESKWIRE_EMBEDDER"] = "none"
    notes = (f"The demo uses its own stores; not used: {', '.join(ignored)}",) if ignored else ()
    return Plan(Settings.from_environ(values), tuple(Store), notes)


def plan_production(environ: Mapping[str, str]) -> Plan:
    """Embedded stores only for what is unset.

    Raises SettingsError for what is wrong, or missing and not to be made up.
    """
    data_dir = data_dir_of(environ)
    embedded = tuple(store for store in Store if not environ.get(store.variable, "").strip())
    if Store.MONGODB in embedded:
        _claim(data_dir, "production")
    values = {**environ, "DESKWIRE_MODE": "production"}
    values |= {store.variable: url_of(store, data_dir) for store in embedded}
    notes = [
        f"{store.variable} is not set: an embedded store keeps its data in {data_dir / store}"
        for store in embedded
    ]
    if Store.MONGODB in embedded and not environ.get("SECRET_KEY", "").strip():
        values["SECRET_KEY"] = kept_secret(data_dir)
        notes.append(f"SECRET_KEY is not set: one is kept in {data_dir / SECRET_FILE}")
    settings = Settings.from_environ(values)
    if not environ.get("PUBLIC_URL", "").strip():
        notes.append(f"PUBLIC_URL is not set: links will begin with {settings.public_url}")
    return Plan(settings, embedded, tuple(notes))


def plan_here(environ: Mapping[str, str]) -> Plan:
    """The plan that whoever filled the data folder had, for a command that looks into it."""
    embedded = not environ.get("MONGODB_URL", "").strip()
    mode = data_dir_of(environ) / MODE_FILE
    demo = embedded and mode.exists() and mode.read_text().strip() == "demo"
    return plan_demo(environ) if demo else plan_production(environ)


def kept_secret(data_dir: Path) -> str:
    """The data folder's own secret key, made at the first call; only its owner may read it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    place = data_dir / SECRET_FILE
    draft = data_dir / f"{SECRET_FILE}.{os.getpid()}"
    if not place.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(draft, place)  # Not a rename: whoever is first wins, and both read the same.
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if place.stat().st_mode & 0o077:
        raise SettingsError(f"{place} can be read by others; mend it: chmod 600 {place}")
    return place.read_text().strip()


def _claim(data_dir: Path, mode: str) -> None:
    """The demo's accounts have a password that everybody knows: never let both share a store."""
    place = data_dir / MODE_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        place.write_text(mode)
    if (kept := place.read_text().strip()) != mode:
        raise SettingsError(
            f"{data_dir} holds data of mode {kept}; give another folder: DATA=./other"
        )
