"""What locust runs: the users, the scenario that was asked for, and the verdict at the end."""

# pyright: basic
# ruff: noqa: ANN401
# Locust's events have no types.

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.runners import MasterRunner, WorkerRunner

from loadtests.live.budgets import BUDGETS, judge, load_budgets
from loadtests.live.director import Director, Killer
from loadtests.live.people import load_people
from loadtests.live.report import FOLDER, Run, write
from loadtests.live.scenarios import SCENARIOS
from loadtests.live.users import Agent, Client, MobileAgent, Supervisor

ARRIVING = 120.0
"""Seconds in which everybody must have come."""
USERS = (Client, Agent, MobileAgent, Supervisor)


@events.init_command_line_parser.add_listener
def _options(parser: Any) -> None:
    hidden = {"include_in_web_ui": False}
    parser.add_argument("--scenario", choices=list(SCENARIOS), default="steady", help="what to do")
    parser.add_argument(
        "--people", default="", help="a file of log-ins; the demo's without", **hidden
    )
    parser.add_argument("--kill-command", default="", help="what kills a node", **hidden)
    parser.add_argument(
        "--kill-url", default="", help="a URL to POST to, that kills a node", **hidden
    )
    parser.add_argument("--run-name", default=os.urandom(3).hex(), help="in titles", **hidden)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it is measured")
    parser.add_argument("--budgets", default=str(BUDGETS), help="a file of budgets", **hidden)
    parser.add_argument("--report", default=str(FOLDER), help="the reports' folder", **hidden)


@events.init.add_listener
def _weigh(environment: Any, **_: Any) -> None:
    scenario = SCENARIOS[environment.parsed_options.scenario]
    for user in USERS:
        user.weight = scenario.crowd[user.__name__]


@events.test_start.add_listener
def _begin(environment: Any, **_: Any) -> None:
    options = environment.parsed_options
    load_budgets(options.scenario, Path(options.budgets))
    environment.director = Director(
        scenario=SCENARIOS[options.scenario],
        hosts=[each.strip().rstrip("/") for each in environment.host.split(",")],
        people=load_people(Path(options.people) if options.people else None),
        run=options.run_name,
        seconds=options.seconds,
        killer=Killer(options.kill_command, options.kill_url),
        leading=not isinstance(environment.runner, WorkerRunner),
    )


@events.spawning_complete.add_listener
def _start(**_: Any) -> None:
    director: Director = _environment.director
    if not director.begun:  # It is fired again where somebody changes the numbers on the page.
        director.begun = True
        gevent.spawn(_measure, director, _environment.runner)


def _measure(director: Director, runner: Any) -> None:
    """Once everybody is there, let the scenario run for its time; then all stop."""
    deadline = time.time() + ARRIVING
    while director.arrived < _here(runner) and time.time() < deadline:
        gevent.sleep(0.05)
    director.begin()
    gevent.sleep(director.seconds)
    if director.leading:
        end = runner.quit if _environment.parsed_options.headless else runner.stop
        gevent.spawn(end)


def _here(runner: Any) -> int:
    """How many of the users are this process's; a master of several has none."""
    return 0 if isinstance(runner, MasterRunner) else runner.user_count


@events.test_stopping.add_listener
def _close(environment: Any, **_: Any) -> None:
    environment.director.end()


@events.test_stop.add_listener
def _judge(environment: Any, **_: Any) -> None:
    """Write the report, and say what it comes to; locust ends with its code."""
    if isinstance(environment.runner, WorkerRunner) or environment.director.judged:
        return  # locust may stop twice.
    environment.director.judged = True
    options, director = environment.parsed_options, environment.director
    lines = judge(director.tally, load_budgets(options.scenario, Path(options.budgets)))
    run = Run(
        director.scenario, environment.host, _crowd(environment), director.seconds, time.time()
    )
    page = write(run, director.tally, lines, Path(options.report))
    failed = [line for line in lines if not line.met]
    for line in failed:
        print(f"FAILED {options.scenario}: {line}", flush=True)
    if not failed:
        print(f"{options.scenario}: within all budgets", flush=True)
    print(f"The report is {page}", flush=True)
    environment.process_exit_code = 1 if failed else 0


def _crowd(environment: Any) -> dict[str, int]:
    return dict(
        environment.runner.final_user_classes_count or environment.runner.user_classes_count
    )


# With several processes, the workers tell the master what they measured.


@events.report_to_master.add_listener
def _tell(client_id: str, data: dict[str, Any], **_: Any) -> None:
    if (director := getattr(_environment, "director", None)) is not None:
        data["deskwire"] = director.tally.take()


@events.worker_report.add_listener
def _hear(client_id: str, data: dict[str, Any], **_: Any) -> None:
    if told := data.get("deskwire"):
        _environment.director.tally.merge(told)


_environment: Any = None


@events.init.add_listener
def _remember(environment: Any, **_: Any) -> None:
    global _environment
    _environment = environment


__all__ = ["Agent", "Client", "MobileAgent", "Supervisor"]
