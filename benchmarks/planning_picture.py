"""Every plan as a point, one panel for each instance: how good it is and how compact."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

_WIDE, _HIGH, _EDGE = 460, 300, 52
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
        f'<text x="{_EDGE}" y="{_HIGH - 14}">across: rms distance · up: grids in the band and '
        "in one piece</text>"
    )
    parts.extend(_point(row, across(row["rms"]), up(row["good"])) for row in rows)
    return "".join(parts)


def _point(row: dict[str, Any], x: float, y: float) -> str:
    ours = row["method"].startswith("onegrid")
    colour, size = (_OURS, 6) if ours else (_OTHERS, 4)
    shape = (
        f'<rect x="{x - size / 2:.1f}" y="{y - size / 2:.1f}" width="{size}" height="{size}" '
        f'fill="{colour}"/>'
        if ours
        else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size - 1}" fill="{colour}"/>'
    )
    name = escape(row["method"])
    return f'{shape}<text x="{x + 6:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>'
