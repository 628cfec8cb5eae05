"""Who takes part: the demo's log-ins, or accounts that `make load ARGS="people"` makes."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson

from server.demo.people import PASSWORD, log_ins

FILE = Path(__file__).parents[2] / "data" / "load" / "people.json"
MARK = "load-test"
"""Every address that is made here begins with it, and nothing else is erased."""
PATIENCE = 60.0


class LogIn(NamedTuple):
    """An account; a client's, an agent's or a supervisor's by its role."""

    email: str
    password: str
    role: str
    id: str = ""


def load_people(file: Path | None) -> dict[str, list[LogIn]]:
    """Log-ins by role: a file's, or the demo's."""
    if file is None:
        found = [LogIn(each.email, PASSWORD, each.role) for each in log_ins()]
    else:
        found = [LogIn(**each) for each in orjson.loads(file.read_bytes())]
    roles = ("client", "agent", "supervisor")
    people = {role: [each for each in found if each.role == role] for role in roles}
    if missing := [role for role, some in people.items() if not some]:
        raise SystemExit(f"There is no log-in of any {' or '.join(missing)} among the people.")
    return people


def make_people(host: str, counts: Mapping[str, int], file: Path = FILE) -> None:
    """Make accounts through the admin's own door, and write them down; staff join the team of the
    first inbox."""
    with _admin(host) as http:
        inboxes = _answer(http.get("/api/inboxes"))["items"]
        team = [inboxes[0]["team_id"]]
        made: list[LogIn] = []
        roles = chain.from_iterable(repeat(role, count) for role, count in counts.items())
        for role in roles:
            email, password = f"{MARK}-{secrets.token_hex(6)}@example.test", secrets.token_urlsafe()
            asked: dict[str, Any] = {"email": email, "password": password, "role": role}
            asked |= {"name": f"Load {role} {len(made)}", "team_ids": team if staff(role) else []}
            user = _answer(http.post("/api/users", json=asked))["user"]
            made.append(LogIn(email, password, role, user["id"]))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps([each._asdict() for each in made], option=orjson.OPT_INDENT_2))
    file.chmod(0o600)
    print(f"{len(made)} people are written to {file}")


def staff(role: str) -> bool:
    return role != "client"


def erase_people(host: str, file: Path = FILE) -> None:
    """Erase the accounts that a file names, and the file."""
    with _admin(host) as http:
        for each in orjson.loads(file.read_bytes()):
            assert each["email"].startswith(MARK), "only who was made here is erased"
            answer = http.delete(f"/api/users/{each['id']}")
            if answer.status_code != 404:
                _answer(answer)
    file.unlink()
    print("They are erased.")


def _admin(host: str) -> httpx.Client:
    try:
        asked = {"email": os.environ["ADMIN_EMAIL"], "password": os.environ["ADMIN_PASSWORD"]}
    except KeyError as missing:
        sys.exit(
            f"Who makes them? {missing.args[0]} is not set.\n"
            "  ADMIN_EMAIL=… ADMIN_PASSWORD=… make load HOST=… ARGS=people"
        )
    http = httpx.Client(base_url=host, timeout=PATIENCE)
    token = _answer(http.post("/api/auth/login", json=asked))["access_token"]
    http.headers["Authorization"] = f"Bearer {token}"
    return http


def _answer(answer: httpx.Response) -> Any:  # noqa: ANN401 - any JSON
    if answer.status_code == 204:
        return None
    told = answer.json()
    if answer.status_code >= 400:
        sys.exit(f"{answer.request.url}: {told['error']['message']}")
    return told


def counts_of(asked: Sequence[str]) -> dict[str, int]:
    """`client=30 agent=12` as counts by role."""
    counts = {"client": 30, "agent": 14, "supervisor": 2}
    for each in asked:
        role, _, count = each.partition("=")
        if role not in counts or not count.isdigit():
            raise SystemExit(f"{each!r} is not a role and a number, such as agent=12.")
        counts[role] = int(count)
    return counts
