"""Turn a page into a PDF for printing, and say what a machine lacks for it.

WeasyPrint needs Pango and a font with Chinese characters from the system. A letter with empty boxes
for characters is worse than none: without them nothing is made.
"""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
FONT_PACKAGES = ("fontconfig", "fonts-noto-cjk")


class PaperMissing(RuntimeError):
    """Raised when this machine cannot make letters; ``packages`` says what it lacks."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        super().__init__(f"system packages are missing: {' '.join(packages)}")
        self.packages = packages


def missing_packages() -> tuple[str, ...]:
    """Return the system packages that are missing for letters, by their Debian names."""
    return (*(() if _has_pango() else PANGO_PACKAGES), *(() if _has_font() else FONT_PACKAGES))


def pdf_of(html: str, *, styles: Path) -> bytes:
    """Return a page as PDF; it fetches nothing but ``data:`` addresses.

    Args:
        styles: file with the rules for print.

    Raises:
        PaperMissing: Pango or a Chinese font is missing on this machine.
    """
    missing = missing_packages()
    if missing:
        raise PaperMissing(missing)
    weasyprint = _weasyprint()
    fetcher = weasyprint.URLFetcher(allowed_protocols=("data",))
    page = weasyprint.HTML(string=html, url_fetcher=fetcher)
    made: bytes = page.write_pdf(stylesheets=[weasyprint.CSS(filename=str(styles))])
    return made


def _weasyprint() -> Any:
    """Return WeasyPrint.

    When imported it lets Pillow take damaged pictures for good in the whole process; what people
    upload must be whole, so that is taken back.
    """
    import weasyprint
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


@cache
def _has_pango() -> bool:
    try:
        _weasyprint()
    except OSError:
        return False
    return True


@cache
def _has_font() -> bool:
    try:
        command = ["fc-list", ":lang=zh-cn", "family"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(done.stdout.strip())
