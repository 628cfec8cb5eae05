"""`make load`: people at a running deployment, headless or with locust's page, and the verdict."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from loadtests.live.people import FILE, counts_of, erase_people, make_people
from loadtests.live.scenarios import SCENARIOS

HOST = "http://127.0.0.1:8000"
LOCUSTFILE = Path(__file__).with_name("locustfile.py")
ARRIVALS = 10.0
"""So many people arrive in a second."""
ENDING = 120
"""Seconds that people have at the end to be sure of what they heard."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python3 bootstrap.py load", description=__doc__)
    what = [*SCENARIOS, "people", "erase-people"]
    parser.add_argument("what", nargs="?", default="steady", choices=what)
    parser.add_argument("counts", nargs="*", help="of people to make: client=30 agent=14")
    parser.add_argument("--host", default=os.environ.get("HOST") or HOST, help="several by commas")
    parser.add_argument("--users", type=int, help="how many people")
    parser.add_argument("--seconds", type=float, help="how long it is measured")
    parser.add_argument("--people", type=Path, help="a file of log-ins, as `people` makes")
    parser.add_argument("--ui", action="store_true", help="locust's page on port 8089")
    options, more = parser.parse_known_args(arguments)
    host = str(options.host).split(",")[0].rstrip("/")
    if options.what == "people":
        make_people(host, counts_of(options.counts), options.people or FILE)
    elif options.what == "erase-people":
        erase_people(host, options.people or FILE)
    else:
        command = locust(options, more)
        os.execv(command[0], command)


def locust(options: argparse.Namespace, more: Sequence[str]) -> list[str]:
    """The command that runs a scenario; `more` are locust's own options."""
    scenario = SCENARIOS[options.what]
    users = options.users or scenario.users
    seconds = options.seconds or scenario.seconds
    command = [
        *(sys.executable, "-m", "locust", "-f", str(LOCUSTFILE)),
        *("--host", options.host, "--scenario", scenario.name),
        *("--users", str(users), "--spawn-rate", str(ARRIVALS)),
        *("--seconds", str(seconds), "--stop-timeout", str(ENDING)),
        *("--run-name", os.urandom(3).hex()),
    ]
    if options.people:
        command += ["--people", str(options.people)]
    command += ["--class-picker"] if options.ui else ["--headless", "--only-summary"]
    return [*command, *more]


if __name__ == "__main__":
    main()
