"""How commands speak: lines for a person on the error stream, results or JSON on the output."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def say(text: str) -> None:
    """Tell the person at the terminal what is going on."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def show(text: str) -> None:
    """Print a result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def show_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print a result for a machine."""
    show(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def show_table(rows: Sequence[Mapping[str, str]]) -> None:
    """Print rows with the same keys as a table; the keys are the headings."""
    from rich.console import Console
    from rich.table import Table

    if not rows:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row.values())
    Console().print(table)
