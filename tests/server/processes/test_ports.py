"""Ports: a taken one is seen, the next is found."""

import socket
from collections.abc import Iterator

import pytest

from server.processes.ports import PortTaken, is_free, next_free, require_free

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_seen_and_the_next_one_found(taken: int):
    assert not is_free(HOST, taken)
    assert next_free(HOST, taken) > taken
    assert is_free(HOST, next_free(HOST, taken))


def test_a_free_port_is_taken_as_it_is(taken: int):
    free = next_free(HOST, taken)
    assert next_free(HOST, free) == free


def test_all_taken_ports_of_a_range_are_named(taken: int):
    with pytest.raises(PortTaken, match=rf"Taken on {HOST}: .*{taken}"):
        require_free(HOST, range(taken, taken + 1))


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(PortTaken, match=r"'192\.0\.2\.1' is not an address of this machine"):
        is_free("192.0.2.1", 8000)
    with pytest.raises(PortTaken, match="is not an address of this machine"):
        is_free("no such name.invalid", 8000)


def test_no_port_beyond_the_last_is_tried():
    with pytest.raises(PortTaken, match="PORT=9000"):
        next_free(HOST, 65536)
