"""A tiny run of the whole: real servers of ours, a Valkey, the generator as a process."""

import os

import pytest

from loadtests.bench import ScenarioFailed, generate, measure
from loadtests.rows import Row
from loadtests.scenarios import Load, Servers
from loadtests.servers import SECRET, running

TINY = Load(20, 0.2)


async def test_twenty_clients_over_two_nodes_hear_everything_that_is_said():
    row = Row("tiny", "", "rooms_of_four", TINY, "deliveries per CPU second", nodes=2)

    measured = await measure("ours", row)

    assert measured.facts["deliveries"] >= 5 * 4  # Each of five rooms heard at least one message.
    assert measured.facts["deliveries"] % 4 == 0  # And whole messages only.
    assert measured.figure == pytest.approx(
        measured.facts["deliveries"] / measured.facts["cpu"], rel=1e-6
    )


async def test_one_server_is_measured_by_one_scenario_after_the_other():
    async with running("ours", 1) as servers:
        echoed = await generate(servers, "echo", Load(1, 0.1))
        blocked = await generate(servers, "longest_block", TINY)
        left = await generate(servers, "leaving", TINY)
        stormed = await generate(servers, "reconnect_storm", Load(40, 0.0))

    assert echoed.facts["answers"] > 0
    assert blocked.figure > 0
    assert left.facts["connections"] == 20
    assert stormed.facts["answers"] > 0  # And all rooms were resumed, or it had failed.


async def test_a_scenario_that_fails_says_why():
    nobody = Servers(ports=[1], pids=[os.getpid()], secret=SECRET)

    with pytest.raises(ScenarioFailed, match="Connect"):
        await generate(nobody, "echo", Load(1, 0.1))
