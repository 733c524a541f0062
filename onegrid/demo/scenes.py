"""Small drawn pictures that stand for photos; nobody and no real place is on them."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw

_SIZE = (960, 720)
_SKY = {"street": "#bcd7e6", "water": "#c5d3da", "lamp": "#1d2a44", "home": "#efe4d2"}
_GROUND = {"street": "#a9a396", "water": "#8d8b84", "lamp": "#2f3138", "home": "#d7c4a5"}


@cache
def picture(scene: str, after: bool) -> bytes:
    """Return a JPEG of a scene before or after handling."""
    image = Image.new("RGB", _SIZE, _SKY[scene])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 470, 960, 720), fill=_GROUND[scene])
    for left in range(40, 960, 230):
        draw.rectangle(
            (left, 150, left + 170, 470), fill="#d9d2c4" if scene != "lamp" else "#2b3550"
        )
        for row in range(4):
            for column in range(3):
                x, y = left + 18 + column * 50, 175 + row * 68
                lit = scene == "lamp" and (after or (row + column) % 3 == 0)
                draw.rectangle((x, y, x + 32, y + 40), fill="#f4d98b" if lit else "#7c8fa3")
    _matter(draw, scene, after)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=80)
    return target.getvalue()


def _matter(draw: ImageDraw.ImageDraw, scene: str, after: bool) -> None:
    if scene == "lamp":
        draw.line((480, 620, 480, 300), fill="#8a8f99", width=10)
        draw.ellipse((440, 270, 520, 320), fill="#ffe9a8" if after else "#4a4f5b")
        if after:
            draw.polygon(((450, 320), (510, 320), (640, 640), (320, 640)), fill="#6b6650")
    elif scene == "water" and not after:
        draw.ellipse((260, 540, 720, 680), fill="#5f7f92")
        draw.ellipse((330, 560, 640, 650), fill="#7d9cae")
    elif scene == "street" and not after:
        for left, top, tone in (
            (380, 540, "#5b4f3f"),
            (460, 520, "#6e6250"),
            (540, 560, "#4d4a44"),
        ):
            draw.polygon(((left, 640), (left + 60, top), (left + 130, 640)), fill=tone)
    elif scene == "home":
        draw.rectangle((300, 500, 660, 690), outline="#8b7355", width=6)
        if not after:
            draw.rectangle((340, 560, 450, 690), fill="#a9844f")
            draw.rectangle((470, 590, 600, 690), fill="#8f6f43")
