"""How many grids have how many households, against the band."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from onegrid.core.planning import Band
from onegrid.gis.report.markup import tag
from onegrid.gis.words import Say

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WIDTH, _HEIGHT, _FLOOR, _LEFT = 640.0, 230.0, 42.0, 14.0
_FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
#: bars within the band, and on each side of it
_INSIDE, _SIDE = 10, 8


def bars(households: Floats, band: Band) -> tuple[Floats, Ints]:
    """Return the edges of the bars and how many grids fall into each.

    The band is divided evenly; on each side follow bars of the same width; the first and the last
    bar take all that lies beyond.
    """
    span, least_width = band.most - band.least, band.most / 50
    inside = max(1, round(span / max(span / _INSIDE, least_width)))
    width = span / inside or least_width
    below = int(min(_SIDE, np.ceil(band.least / width)))
    steps = np.arange(-below, inside + _SIDE + 1, dtype=np.float64)
    edges: Floats = np.asarray(band.least + width * steps, dtype=np.float64)
    edges[0] = max(0.0, edges[0])
    # The upper end of the band belongs to it.
    place = np.searchsorted(edges, households, side="right") - 1
    place = np.where(households == band.most, below + inside - 1, place)
    place = np.clip(place, 0, len(edges) - 2)
    return edges, np.bincount(place, minlength=len(edges) - 1).astype(np.int64)


def histogram(households: Floats, band: Band, _: Say) -> Element:
    """Return the picture."""
    edges, counts = bars(households, band)
    top = max(1, int(counts.max()))
    across = (_WIDTH - _LEFT - 14) / (len(edges) - 1)
    tall = (_HEIGHT - _FLOOR - 34) / top
    base = _HEIGHT - _FLOOR

    def x_of(value: float) -> float:
        return _LEFT + float(np.interp(value, edges, np.arange(len(edges)))) * across

    picture = tag(
        "svg",
        tag("rect", x=f"{x_of(band.least):.1f}", y="14", height=f"{base - 14:.1f}", fill="#dff0df",
            width=f"{x_of(band.most) - x_of(band.least):.1f}"),
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}", role="img",
        aria_label=_("How many grids have how many households"),
        xmlns="http://www.w3.org/2000/svg", font_family=_FONT, font_size="13", fill="#111111",
    )  # fmt: skip
    for place, count in enumerate(counts.tolist()):
        if count:
            inside = band.holds((edges[place] + edges[place + 1]) / 2)
            picture.append(
                tag("rect", x=f"{_LEFT + place * across + 1:.1f}", y=f"{base - count * tall:.1f}",
                    width=f"{across - 2:.1f}", height=f"{count * tall:.1f}",
                    fill="#2e7d32" if inside else "#b00020")
            )  # fmt: skip
            picture.append(
                tag("text", str(count), x=f"{_LEFT + (place + 0.5) * across:.1f}",
                    y=f"{base - count * tall - 4:.1f}", text_anchor="middle")
            )  # fmt: skip
    _axis(picture, edges, x_of, base, band)
    picture.append(
        tag("text", _("households of a grid"), x=_WIDTH - 14, y=_HEIGHT - 4, text_anchor="end")
    )
    return picture


def _axis(picture: Element, edges: Floats, x_of: object, base: float, band: Band) -> None:
    picture.append(tag("path", d=f"M{_LEFT:g} {base:g}H{_WIDTH - 14:g}", stroke="#111111"))
    step, width = max(1, (len(edges) - 1) // 6), edges[-1] - edges[-2]
    ends = np.array([band.least, band.most])
    for place, value in enumerate(edges):
        if value not in ends and (place % step or np.abs(value - ends).min() < 2.5 * width):
            continue
        x = x_of(float(value))  # type: ignore[operator]
        picture.append(tag("path", d=f"M{x:.1f} {base:g}v5", stroke="#111111"))
        words = f"{value:,.0f}" + ("+" if place == len(edges) - 1 else "")
        picture.append(tag("text", words, x=f"{x:.1f}", y=base + 19, text_anchor="middle"))
