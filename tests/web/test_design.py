"""The style sheet and templates keep what the pages promise: contrast, size, strict CSP."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest

WEB = Path(__file__).resolve().parents[2] / "onegrid" / "web"
CSS = (WEB / "static" / "onegrid" / "onegrid.css").read_text()
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
_TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")

#: (ink, ground): words that stand on that ground somewhere.
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-2", "pine", "act", "red")
        for ground in ("paper", "surface")
    ),
    ("ink-3", "surface"),
    ("ink-2", "sunken"),
    ("on-pine", "pine"),
    ("on-pine", "pine-2"),
    ("on-act", "act"),
    ("on-act", "act-2"),
    ("on-black", "black"),
    ("on-night", "night"),
    ("on-night-2", "night"),
    *((tone, f"{tone}-soft") for tone in ("pine", "act", "jade", "amber", "red", "info")),
    *(("ink", f"{tone}-soft") for tone in ("pine", "jade", "amber", "red", "info")),
]


def block(selector: str) -> dict[str, str]:
    start = CSS.index(f"{selector} {{")
    return dict(_TOKEN.findall(CSS[start : CSS.index("}", start)]))


LIGHT = block(":root")
THEMES = {
    "light": LIGHT,
    "dark": LIGHT | block('[data-theme="dark"]'),
    "dark by the device": LIGHT | block(':root:not([data-theme="light"])'),
}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_words_stand_out_from_their_ground(theme: str, ink: str, ground: str) -> None:
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_borders_of_fields_are_seen(theme: str) -> None:
    assert contrast(THEMES[theme]["line-2"], THEMES[theme]["surface"]) >= 3


@pytest.mark.parametrize("name", ["act", "pine"])
def test_main_actions_of_large_print_have_contrast_of_seven(name: str) -> None:
    elder = LIGHT | block('[data-elder]:not([data-theme="dark"])')
    assert contrast(elder[name], "#ffffff") >= 7


def test_both_ways_to_the_dark_theme_give_the_same_colours() -> None:
    assert THEMES["dark"] == THEMES["dark by the device"]


def test_style_sheet_is_small_on_the_wire() -> None:
    assert len(brotli.compress(CSS.encode())) <= 12_000


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates"))
)
def test_templates_carry_nothing_that_the_content_policy_refuses(path: Path) -> None:
    text = path.read_text()
    inline = re.findall(
        r"<style|\sstyle=|<script(?![^>]*(?:\ssrc=|application/json))|\son\w+=|javascript:|hx-on",
        text,
    )
    assert not inline


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    sprite = (WEB / "static" / "onegrid" / "icons.svg").read_text()
    have = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    used = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([\w-]+)"|\bicon="([\w-]+)"', path.read_text())
        for name in name
        if name
    }
    assert used <= have
