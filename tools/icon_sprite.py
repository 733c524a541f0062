"""Builds ``onegrid/web/static/onegrid/icons.svg`` from the Lucide icons named in ``package.json``.

Run after ``npm ci``: ``python tools/icon_sprite.py``. The result is committed.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "lucide-static" / "icons"
TARGET = ROOT / "onegrid" / "web" / "static" / "onegrid" / "icons.svg"
#: Names that Lucide has changed: ours on the left.
ALIASES = {"circle-help": "circle-question-mark"}
_SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>")


def symbol(name: str) -> str:
    """Return one icon as a symbol; its stroke comes from the page's own style.

    Raises:
        FileNotFoundError: Lucide has no icon of this name.
    """
    shapes = _SHAPES.findall((SOURCE / f"{ALIASES.get(name, name)}.svg").read_text())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>'


def main() -> None:
    """Write the sprite."""
    names: list[str] = json.loads((ROOT / "package.json").read_text())["onegridIcons"]
    symbols = "\n".join(symbol(name) for name in sorted({*names, *ALIASES}))
    TARGET.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Lucide, ISC -->\n{symbols}\n</svg>\n'
    )


if __name__ == "__main__":
    main()
