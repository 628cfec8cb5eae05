"""Pictures of nothing and of very much: `PYTHONPATH=. python docs/screenshots/rows.py`.

Starts a node and a worker of its own on an empty store, then on one with 10,000 tickets. Needs
what `take.py` needs.
"""

from __future__ import annotations

import subprocess

from take import VIEWS, Shot, chromium, take

from tests.house import House
from tests.processes import module

SHOTS = (
    Shot("portal", "client", "/portal"),
    Shot("console", "agent", "/console"),
    Shot("wallboard", "supervisor", "/wallboard"),
    Shot("help", "client", "/help"),
)


def main() -> None:
    with House() as house:
        for rows in (0, 10_000):
            own = {"DESKWIRE_DATABASE": f"rows_{rows}"}
            fill = module("tests.crowd", str(rows))
            subprocess.run(fill, env=house.environ | own, check=True)
            node = house.add_node(**own)
            worker = house.program("crowd-worker", "server.worker", environ=own)
            worker.start()
            with chromium() as browser:
                for view in VIEWS:
                    for shot in SHOTS:
                        named = shot._replace(name=f"{shot.name}-{rows}-rows")
                        take(browser, node.url, view, [named])
            worker.kill()


if __name__ == "__main__":
    main()
