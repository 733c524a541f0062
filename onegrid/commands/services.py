"""Which processes make up a running county."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path

from onegrid.commands import demo_files
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.paths import ROOT
from onegrid.runtime.service import Service
from onegrid.runtime.words import words

WEB_WORKERS = 2
_WEB_THREADS = 4


def web(host: str, port: int) -> Service:
    """Return the web server: few processes, few threads, one transaction for each request."""
    return Service(
        "web",
        (
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
            *("--host", host, "--port", str(port)),
            *("--workers", str(WEB_WORKERS), "--blocking-threads", str(_WEB_THREADS)),
            *("--backlog", "512", "--backpressure", "64"),
            *("--respawn-failed-workers", "--respawn-interval", "0.5"),
            *("--workers-kill-timeout", "4", "--no-access-log", "--log-level", "warning"),
            "onegrid.conf.wsgi:application",
        ),
    )


def worker() -> Service:
    """Return the worker of background jobs."""
    return Service("worker", (sys.executable, "-m", "onegrid.cli", "work"))


def sms_twin(port: int, var: Path) -> Service:
    """Return the demo phone that shows messages instead of sending them."""
    return Service(
        "sms",
        (
            *(sys.executable, "-m", "onegrid.integrations.sms.demo", "--port", str(port)),
            *("--store", str(var / demo_files.PHONE)),
            *("--authenticators", str(var / demo_files.AUTHENTICATORS)),
            *("--templates", str(var / demo_files.TEMPLATES)),
        ),
    )


def hotline_twin(port: int, var: Path, *, host: str, web_port: int) -> Service:
    """Return the demo hotline, which sends its orders to the county."""
    target = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - compared only
    return Service(
        "hotline",
        (
            *(sys.executable, "-m", "onegrid.integrations.hotline12345.demo", "--samples"),
            *("--port", str(port), "--store", str(var / demo_files.HOTLINE)),
            *("--county", f"http://{target}:{web_port}/exchange/hotline/v1/messages"),
        ),
    )


def mail_twin(port: int, var: Path) -> Service:
    """Return the demo's mail servers: page, SMTP and IMAP on three ports."""
    module = "onegrid.integrations.mail.demo"
    store = str(var / demo_files.MAIL)
    return Service("mail", (sys.executable, "-m", module, "--port", str(port), "--store", store))


def environment(found: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of every process: ours, what was found, and where the package is."""
    path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        "MALLOC_ARENA_MAX": "2",  # one arena for each thread costs memory and gains nothing here
        **os.environ,
        **found,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(part for part in path if part)),
        "PYTHONSAFEPATH": "1",
        "DJANGO_SETTINGS_MODULE": "onegrid.conf.settings",
    }


def demo_variables(address: str, sms_port: int) -> dict[str, str]:
    """Return what a demo has unless the operator says otherwise: its twins, no codes.

    Above the demo phone come the hotline, the page of the mails, SMTP and IMAP, a port each.
    """
    phone = f"http://127.0.0.1:{sms_port}"
    smtp, imap = sms_port + 3, sms_port + 4
    wanted = {
        "ONEGRID_DEMO": "1",
        "ONEGRID_DEMO_PHONE_URL": f"{phone}/",
        "ONEGRID_SMS_ENDPOINT": phone,
        "ONEGRID_SMS_ALLOWED_HOSTS": "127.0.0.1",
        "ONEGRID_SMS_ACCESS_KEY": "demo",
        "ONEGRID_SMS_ACCESS_SECRET": "demo",
        "ONEGRID_DEMO_HOTLINE_URL": f"http://127.0.0.1:{sms_port + 1}/v1",
        "ONEGRID_PRIVATE_HOSTS": "127.0.0.1",
        "ONEGRID_MAIL_SMTP": f"smtp://127.0.0.1:{smtp}",
        "ONEGRID_MAIL_IMAP": f"imap://127.0.0.1:{imap}",
        "ONEGRID_MAIL_USER": "county",
        "ONEGRID_MAIL_PASSWORD": "demo",
        "ONEGRID_MAIL_FROM": "county@example.org",
        "ONEGRID_STAFF_MFA": "0",
        "ONEGRID_TRUSTED_ORIGINS": address.rstrip("/"),
    }
    return {name: os.environ.get(name, value) for name, value in wanted.items()}


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse to start where another program listens.

    Raises:
        Refused: the port is taken (exit code 4).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                words(
                    f"{host}:{port}: {error.strerror}. Choose another port with --port.",
                    f"{host}:{port}:{error.strerror}。请用 --port 另选端口。",
                ),
                Exit.BUSY,
            ) from error


def wait_for_answer(
    port: int, *, host: str, seconds: float, go_on: Callable[[], bool]
) -> int | None:
    """Wait until the web server answers at all.

    Args:
        port: where it listens.
        host: address it is bound to.
        seconds: how long to wait.
        go_on: is asked between tries; False ends the waiting.

    Returns:
        The status of the first answer, or None when there was none in time.
    """
    end = time.monotonic() + seconds
    target = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - compared only
    while time.monotonic() < end and go_on():
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(target, port, timeout=20)
            with closing(connection):
                connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
                return connection.getresponse().status
        time.sleep(0.05)
    return None
