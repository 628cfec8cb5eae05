"""`make simulate`: the whole day with each way of giving, and docs/routing-day.md written anew."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from uuid import uuid4

from server.settings import Settings
from server.store.connect import open_store
from tests.simulation.day import Day, furnish
from tests.simulation.plan import draw
from tests.simulation.result import Result, result_of, table
from tests.simulation.ways import WAYS
from tests.stores import mongodb_process, store_folder

PAGE = Path(__file__).parents[2] / "docs" / "routing-day.md"
SEED, TEAMS, PEOPLE, TICKETS = 7, 6, 40, 2_000
SHOWS = "\nWhat it shows"
"""Begins what somebody wrote below the table, which stays."""
INTRODUCTION = """# A day of routing

Written by `make simulate`: {people} agents of {teams} teams in three time zones (Tokyo, Madrid,
New York), {tickets:,} tickets in 24 hours, drawn from the seed {seed}. Every agent has lunch and
takes a break; some vanish for a while, some begin a leave in the middle of their shift; every third
team offers its tickets, and some offers are declined or run out. Everything goes through the real
dispatch on a real store: opening, reserving, giving, answering, resolving. What is given is judged
at the minute it is, by the day's own books and another reading of the shifts than the product's.

Beside it, on the same day, two ways that many know, both among those of the team who are connected:
one after another, and whoever has the fewest tickets. The product lets nobody carry more than they
can, whoever gives it, so that these do not either; they know neither skills, breaks nor weights.

"""


async def play(url: str, way: str, seed: int, teams: int, people: int, tickets: int) -> Result:
    """One day with one way of giving, on a database of its own."""
    settings = Settings(
        mongodb_url=url,
        redis_url="redis://127.0.0.1:1",
        secret_key="a secret of nobody " * 3,
        database=f"day_{uuid4().hex[:12]}",
    )
    store = await open_store(settings)
    try:
        day = Day(store, draw(seed, teams, people, tickets))
        await furnish(day)
        await day.play(WAYS[way](day))
        return result_of(day)
    finally:
        await store.client.drop_database(settings.database)
        await store.close()


async def _all(url: str, options: argparse.Namespace) -> dict[str, Result]:
    results: dict[str, Result] = {}
    for way in WAYS:
        began = time.process_time()
        size = (options.seed, options.teams, options.people, options.tickets)
        results[way] = await play(url, way, *size)
        print(f"{way}: {time.process_time() - began:.0f} s of a processor", flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--teams", type=int, default=TEAMS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--tickets", type=int, default=TICKETS)
    parser.add_argument("--dry", action="store_true", help="write no page")
    options = parser.parse_args()
    with store_folder() as folder:
        mongodb = mongodb_process(folder)
        mongodb.start()
        try:
            results = asyncio.run(_all(mongodb.url, options))
        finally:
            mongodb.kill()
    print(table(results))
    if not options.dry:
        said = "".join(PAGE.read_text("utf-8").partition(SHOWS)[1:])
        PAGE.write_text(INTRODUCTION.format(**vars(options)) + table(results) + said, "utf-8")


if __name__ == "__main__":
    main()
