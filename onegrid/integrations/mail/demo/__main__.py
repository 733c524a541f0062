"""Run the servers: ``python -m onegrid.integrations.mail.demo --port 8003``.

SMTP (aiosmtpd) listens one port above the page, IMAP (pymap, in memory) two above.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from pymap.main import main as serve_imap

from onegrid.integrations.mail.demo.page import Server
from onegrid.integrations.mail.demo.postbox import Postbox


def _options() -> argparse.Namespace:
    var = Path(os.environ.get("ONEGRID_VAR", "var"))
    parser = argparse.ArgumentParser(description="demo mail servers")
    parser.add_argument("--port", type=int, default=8003)
    parser.add_argument("--store", type=Path, default=var / "demo-mail.jsonl")
    return parser.parse_args()


def main() -> None:
    """Serve until told to stop; name and password come from ``ONEGRID_MAIL_*``."""
    options = _options()
    user = os.environ.get("ONEGRID_MAIL_USER", "county")
    password = os.environ.get("ONEGRID_MAIL_PASSWORD", "demo")
    postbox = Postbox(options.store)
    Controller(postbox, hostname="127.0.0.1", port=options.port + 1).start()
    server = Server(options.port, postbox, options.port + 2, (user, password))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.argv = [
        *("pymap", "--host", "127.0.0.1", "--port", str(options.port + 2), "--no-tls"),
        *("--no-service", "admin", "dict", "--demo-user", user, "--demo-password", password),
    ]
    serve_imap()


if __name__ == "__main__":
    main()
