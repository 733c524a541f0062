"""Every plan as a point, one panel for each instance: how good it is and how compact."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

_WIDE, _HIGH, _EDGE = 460, 340, 52
#: Height of a label and width of a letter.
_LINE, _LETTER = 12.0, 6.2
_OURS, _OTHERS = "#0b6b50", "#5a6472"


def draw(rows: Sequence[dict[str, Any]]) -> str:
    """Return an SVG: across the root mean square distance, up the share of good grids."""
    rows = [row for row in rows if "rms" in row]
    names = list(dict.fromkeys(row["instance"] for row in rows))
    columns = min(3, max(1, len(names)))
    lines = -(-len(names) // columns)
    panels = []
    for place, name in enumerate(names):
        x, y = place % columns * _WIDE, place // columns * _HIGH
        own = [row for row in rows if row["instance"] == name]
        panels.append(f'<g transform="translate({x} {y})">{_panel(name, own)}</g>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns * _WIDE} {lines * _HIGH}" '
        'font-family="sans-serif" font-size="11"><title>Plans of the planning benchmark</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(panels)}</svg>\n'
    )


def _panel(name: str, rows: list[dict[str, Any]]) -> str:
    low, high = min(row["rms"] for row in rows), max(row["rms"] for row in rows)
    room = max(high - low, 0.05 * high, 1e-9)

    def across(rms: float) -> float:
        return _EDGE + (rms - low + 0.06 * room) / (1.5 * room) * (_WIDE - 1.5 * _EDGE)

    def up(good: float) -> float:
        return _HIGH - _EDGE - good * (_HIGH - 2 * _EDGE)

    parts = [f'<text x="{_EDGE}" y="20" font-size="14" font-weight="bold">{escape(name)}</text>']
    for share in (0.0, 0.5, 1.0):
        parts.append(
            f'<line x1="{_EDGE}" x2="{_WIDE - 12}" y1="{up(share):.1f}" y2="{up(share):.1f}" '
            f'stroke="#d5dae1"/><text x="{_EDGE - 6}" y="{up(share) + 4:.1f}" text-anchor="end">'
            f"{share:.0%}</text>"
        )
    for rms in (low, high):
        parts.append(
            f'<text x="{across(rms):.1f}" y="{_HIGH - _EDGE + 16}" text-anchor="middle">'
            f"{rms:.4g} m</text>"
        )
    parts.append(
        f'<text x="{_EDGE}" y="{_HIGH - 14}">across: rms distance, left is better · up: grids in '
        "the band and in one piece</text>"
    )
    places = [(across(row["rms"]), up(row["good"])) for row in rows]
    for row, (x, y), beside in zip(rows, places, _labels(rows, places), strict=True):
        parts.append(_point(row, x, y, beside))
    return "".join(parts)


def _labels(rows: list[dict[str, Any]], places: list[tuple[float, float]]) -> list[float]:
    """Return the height of each label, ours first, moved up or down to where it covers no other."""
    found: dict[int, float] = {}
    taken = [(x - 4, x + 4, y) for x, y in places]
    order = sorted(range(len(rows)), key=lambda i: (not _own(rows[i]), places[i][1]))
    for i in order:
        x, y = places[i]
        left, right = x + 5, x + 8 + _LETTER * len(rows[i]["method"])
        tries = [y + side * step * 4 for step in range(40) for side in (1, -1)]
        found[i] = next(
            (
                height
                for height in tries
                if 32 < height < _HIGH - _EDGE
                and not any(
                    left < end and begin < right and abs(height - h) < _LINE
                    for begin, end, h in taken
                )
            ),
            y,
        )
        taken.append((left, right, found[i]))
    return [found[i] for i in range(len(rows))]


def _own(row: dict[str, Any]) -> bool:
    return str(row["method"]).startswith("onegrid")


def _point(row: dict[str, Any], x: float, y: float, beside: float) -> str:
    """Draw a point with its name at the height given, and a line to it where they are apart."""
    ours = _own(row)
    colour, half = (_OURS, 4.0) if ours else (_OTHERS, 3.0)
    shape = (
        f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half}" height="{2 * half}" '
        f'fill="{colour}"/>'
        if ours
        else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half}" fill="{colour}"/>'
    )
    line = (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x + 7:.1f}" y2="{beside:.1f}" stroke="{colour}" '
        'stroke-width="0.6"/>'
        if abs(beside - y) > 1
        else ""
    )
    weight = ' font-weight="bold"' if ours else ""
    return (
        f'{line}{shape}<text x="{x + 8:.1f}" y="{beside + 4:.1f}" fill="{colour}"{weight}>'
        f"{escape(row['method'])}</text>"
    )
