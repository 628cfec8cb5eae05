"""What nginx is told about several nodes."""

from pathlib import Path

from server.processes.nginx import write_nginx
from tests.server.processes.given import settings_of


def test_every_node_is_in_the_upstream_and_nothing_is_left_to_fill_in(tmp_path: Path):
    text = write_nginx(settings_of(tmp_path), range(8000, 8003)).read_text()

    for port in (8000, 8001, 8002):
        assert f"    server 127.0.0.1:{port} " in text
    assert "server_name desk.example;" in text
    assert "@" not in text
    assert "$remote_addr" in text


def test_no_sid_of_a_poll_comes_into_nginx_s_log(tmp_path: Path):
    """Who knows it can speak as its owner."""
    text = write_nginx(settings_of(tmp_path), range(8000, 8001)).read_text()

    sockets = text[text.index("location /socket.io/") :]
    assert "access_log off;" in sockets[: sockets.index("}")]


def test_nodes_that_listen_everywhere_are_reached_on_this_machine(tmp_path: Path):
    text = write_nginx(settings_of(tmp_path, host="::"), range(8000, 8001)).read_text()

    assert "    server [::1]:8000 " in text


def test_nginx_lets_the_largest_attachment_pass(tmp_path: Path):
    text = write_nginx(settings_of(tmp_path, attachment_max_bytes=1000), range(1, 2)).read_text()

    assert f"client_max_body_size {1000 + 65536};" in text
