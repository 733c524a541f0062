"""Rewrites the generated table of ``docs/operate/settings.md``: ``python tools/settings_table.py``.

Settings declare themselves in `onegrid.conf.env`; the few that are read before Django starts are
named here.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "operate" / "settings.md"
MARKED = re.compile(r"(<!-- settings: made by .*? -->\n).*?(<!-- end of settings -->)", re.S)
#: Defaults that depend on the machine.
DEFAULTS = {"ONEGRID_VAR": "`var` in the checkout"}
#: Read by `onegrid.runtime`, the tests or ``./run`` itself: name, default, about.
BEFORE_DJANGO = (
    ("ONEGRID_LANG", "the terminal's locale", "language of the commands: `zh` or `en`"),
    ("ONEGRID_PGBIN", "the wheel, then the system", "folder of PostgreSQL's programs"),
    ("ONEGRID_CHROMIUM", "looked for", "Chromium for the browser tests"),
    ("ONEGRID_TEST_DATABASE_URL", "a throw-away cluster", "another PostgreSQL for the tests"),
    ("ONEGRID_AS_OWNER", "`0`", "`1`: connect as owner, to write migrations; never to serve"),
)

sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
os.environ.setdefault("ONEGRID_SECRET_KEY", "not-used-for-anything")
#: Three settings declare themselves only where an issuer is named.
os.environ["ONEGRID_OIDC_SERVER"] = "https://issuer.invalid"


def rows() -> Iterable[tuple[str, str, str]]:
    """Yield name, default and meaning of every setting."""
    importlib.import_module("onegrid.conf.settings")
    for setting in importlib.import_module("onegrid.conf.env").DECLARED.values():
        plain = f"`{setting.default}`" if setting.default else "empty"
        yield setting.name, DEFAULTS.get(setting.name, plain), setting.about
    yield from BEFORE_DJANGO


def main() -> None:
    """Rewrite the table.

    Raises:
        ValueError: the page has no markers.
    """
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {default} | {about} |" for name, default, about in rows()]
    block = "\n".join(lines)
    text = TARGET.read_text("utf-8")
    if not MARKED.search(text):
        raise ValueError(f"{TARGET.name}: no markers for settings")
    TARGET.write_text(MARKED.sub(lambda found: f"{found[1]}\n{block}\n\n{found[2]}", text), "utf-8")


if __name__ == "__main__":
    main()
