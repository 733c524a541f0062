"""Rewrites the generated parts of ``docs/methods/case-flow.md``: ``python tools/flow_diagram.py``.

The diagram, the table of states and the table of transitions come from `onegrid.core.flow`, the
effects on the clocks from `onegrid.core.clock`, the Chinese words from the translations.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "methods" / "case-flow.md"
CATALOGUE = ROOT / "onegrid" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
os.environ.setdefault("ONEGRID_SECRET_KEY", "not-used-for-anything")

import django  # noqa: E402
import polib  # noqa: E402
from django.utils import translation  # noqa: E402

from onegrid.cases.terms import ACTION_LABELS, PHASE_LABELS, STATE_LABELS  # noqa: E402
from onegrid.core import flow  # noqa: E402
from onegrid.core.clock import PHASES, RUNS, ClockKind  # noqa: E402

Row = Iterable[str]


def chinese(context: str | None = None) -> dict[str, str]:
    """Return the Chinese of each English sentence of a context."""
    found = polib.pofile(str(CATALOGUE))
    return {entry.msgid: entry.msgstr for entry in found if entry.msgctxt == context}


def table(head: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(list(head)), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def state_rows(words: dict[str, str]) -> Iterator[Row]:
    """Yield a row for each state: code, both names, phase, effect on each clock."""
    phases = {**words, **chinese("phase")}
    for state in flow.State:
        effects = (RUNS[state].get(kind) for kind in ClockKind)
        english = str(STATE_LABELS[state])
        phase = str(PHASE_LABELS[PHASES[state]])
        yield (
            f"`{state}`",
            english,
            words.get(english, ""),
            phases.get(phase, phase),
            *(effect.value if effect else "·" for effect in effects),
        )


def transition_rows(words: dict[str, str]) -> Iterator[Row]:
    """Yield a row for each line of the table: action, from, to, who, evidence."""
    for line in flow.TABLE:
        every = line.sources == flow.OPEN
        sources = "any open" if every else " ".join(f"`{s}`" for s in sorted(line.sources))
        stays = "as before the wait" if line.resumes else "stays"
        yield (
            f"`{line.action}`",
            words.get(str(ACTION_LABELS[line.action]), ""),
            sources,
            f"`{line.target}`" if line.target else stays,
            " ".join(sorted(line.actors)),
            " ".join(sorted(line.evidence)) or "·",
        )


def replaced(text: str, name: str, block: str) -> str:
    """Put a block between its two markers.

    Raises:
        ValueError: the text has no such markers.
    """
    pattern = re.compile(rf"(<!-- {name}: made by .*? -->\n).*?(<!-- end of {name} -->)", re.S)
    if not pattern.search(text):
        raise ValueError(f"{TARGET.name}: no markers for {name}")
    return pattern.sub(lambda found: f"{found[1]}\n{block}\n{found[2]}", text)


def main() -> None:
    """Rewrite the page."""
    django.setup()
    words = chinese()
    with translation.override("en"):
        states = table(
            ("state", "English", "中文", "phase", *(kind.value for kind in ClockKind)),
            state_rows(words),
        )
        actions = table(("action", "中文", "from", "to", "who", "evidence"), transition_rows(words))
    text = TARGET.read_text("utf-8")
    text = replaced(text, "diagram", f"```mermaid\n{flow.mermaid()}```\n")
    text = replaced(text, "states", states)
    text = replaced(text, "transitions", actions)
    TARGET.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
