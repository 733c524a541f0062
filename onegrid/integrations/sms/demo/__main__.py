"""Run the twin: ``python -m onegrid.integrations.sms.demo --port 8001``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from onegrid.integrations.sms.demo.gate import Gate
from onegrid.integrations.sms.demo.provider import FiledTexts, Provider
from onegrid.integrations.sms.demo.server import Server, Twin
from onegrid.integrations.sms.demo.store import Store


def _options() -> argparse.Namespace:
    var = Path(os.environ.get("ONEGRID_VAR", "var"))
    parser = argparse.ArgumentParser(description="demo twin of Aliyun SMS with a demo phone")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument(
        "--store", type=Path, default=var / "demo-sms.jsonl", help="file of JSON lines"
    )
    parser.add_argument(
        "--authenticators",
        type=Path,
        default=var / "demo-authenticators.json",
        help="JSON: label, username, secret",
    )
    parser.add_argument(
        "--templates",
        type=Path,
        default=var / "demo-sms-texts.json",
        help="JSON: code -> text with ${name}",
    )
    parser.add_argument("--per-minute", type=int, default=0, help="flow control; 0: none")
    return parser.parse_args()


def main() -> int:
    """Serve until told to stop; the access key comes from ``ONEGRID_SMS_ACCESS_*``."""
    options = _options()
    gate = Gate(
        os.environ.get("ONEGRID_SMS_ACCESS_KEY", "demo"),
        os.environ.get("ONEGRID_SMS_ACCESS_SECRET", "demo"),
    )
    provider = Provider(Store(options.store), FiledTexts(options.templates), options.per_minute)
    server = Server(Twin(gate, provider, options.authenticators), options.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
