"""Addresses that people enter: nothing inside this network is called, whatever it is called."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from onegrid.integrations.outgoing import Forbidden, NotReached, Outgoing, checked, is_public

PUBLIC = "93.184.216.34"


def known(*addresses: str) -> object:
    return lambda host, port: list(addresses)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_e33_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Forbidden, match="private"):
        checked("https://hook.example/x", look_up=known(address))  # type: ignore[arg-type]


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Forbidden):
        checked("https://hook.example/", look_up=known(PUBLIC, "10.0.0.1"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/", "ftp://hook.example/", "https://user@hook.example/", "https:///x",
        "https://hook.example/#x", "file:///etc/passwd", "javascript:1", "", "https://a b/",
        "https://hook.example:99999/", "https://hook.example\\@10.0.0.1/", "https://例子.example/",
    ],
)  # fmt: skip
def test_e33_only_plain_https_addresses_pass(url: str) -> None:
    with pytest.raises(Forbidden, match="url"):
        checked(url, look_up=known(PUBLIC))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url", ["https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://localhost/"]
)
def test_e33_other_ways_to_write_this_machine_are_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        checked(url)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    target = checked("https://hook.example:8443/a?b=1", look_up=known(PUBLIC))  # type: ignore[arg-type]
    assert target.pinned == f"https://{PUBLIC}:8443/a?b=1"
    assert target.netloc == "hook.example:8443"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "http://169.254.169.254/")
        big = b"x" * (100_000 if self.path == "/big" else 2)
        self.send_header("Content-Length", str(len(big)))
        self.end_headers()
        self.wfile.write(big)

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://inside.example:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_allowed_host_inside_is_called_at_its_checked_address(address: str) -> None:
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    outgoing = Outgoing(("inside.example",), look_up=look_up)
    assert outgoing.post(f"{address}/x", b"{}", {}).status == 200
    assert asked == ["inside.example"]
    assert outgoing.post(f"{address}/away", b"{}", {}).status == 302, "redirects are not followed"
    with pytest.raises(NotReached):
        outgoing.post(f"{address}/big", b"{}", {})
    outgoing.close()


def test_a_name_that_changes_its_meaning_is_looked_at_each_time() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    outgoing = Outgoing(look_up=lambda host, port: next(answers))
    outgoing.check("https://hook.example/")
    with pytest.raises(Forbidden, match="private"):
        outgoing.post("https://hook.example/", b"{}", {})
    outgoing.close()
