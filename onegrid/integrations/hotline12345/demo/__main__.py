"""Run the twin: ``python -m onegrid.integrations.hotline12345.demo --port 8002``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from onegrid.integrations.hotline12345.demo.book import Book
from onegrid.integrations.hotline12345.demo.gate import Gate
from onegrid.integrations.hotline12345.demo.hotline import Hotline, due_in
from onegrid.integrations.hotline12345.demo.samples import SAMPLES
from onegrid.integrations.hotline12345.demo.server import Server


def _options() -> argparse.Namespace:
    var = Path(os.environ.get("ONEGRID_VAR", "var"))
    parser = argparse.ArgumentParser(description="demo twin of the hotline 12345")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--store", type=Path, default=var / "demo-hotline.sqlite3")
    parser.add_argument("--county", required=True, help="address of the county's entry")
    parser.add_argument("--first-pause", type=float, default=1.0, help="seconds to a second try")
    parser.add_argument("--longest-pause", type=float, default=20.0, help="seconds at most")
    parser.add_argument("--samples", action="store_true", help="enter a few invented orders")
    return parser.parse_args()


def main() -> int:
    """Serve until told to stop; the key comes from ``ONEGRID_HOTLINE_KEY`` and ``…_SECRET``."""
    options = _options()
    gate = Gate(
        os.environ.get("ONEGRID_HOTLINE_KEY", "demo"),
        os.environ.get("ONEGRID_HOTLINE_SECRET", "demo-hotline-12345-secret"),
    )
    hotline = Hotline(
        Book(options.store),
        gate,
        options.county,
        first_pause=options.first_pause,
        longest_pause=options.longest_pause,
    )
    if options.samples:
        for order_id, body in SAMPLES:
            hotline.new_order(order_id, {**body, "reply_due_at": due_in(48)})
    server = Server(hotline, options.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sender = threading.Thread(target=hotline.run, daemon=True)
    sender.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        hotline.stop()
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
