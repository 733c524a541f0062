"""Scanned letters: every page of a PDF becomes a picture, and nothing else of the file is kept.

`pdftoppm` (poppler-utils) draws the pages in a process of its own with limits on time and memory:
scripts, links, attachments and metadata of the file never get further.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from onegrid.common.refusals import Invalid, TooLarge

PROGRAM, PACKAGE = "pdftoppm", "poppler-utils"
MOST_PAGES = 6
_SIGN = b"%PDF-"
_EDGE, _SECONDS, _KILOBYTES = 1600, 30, 1_500_000


def is_pdf(data: bytes) -> bool:
    """Tell whether an upload says that it is a PDF."""
    return data[:1024].lstrip().startswith(_SIGN)


def pages_of(data: bytes, *, field: str = "photos") -> tuple[bytes, ...]:
    """Return the pages of a PDF as JPEG pictures, at most `MOST_PAGES`.

    Raises:
        Invalid: ``media.pdf_damaged``, or ``media.no_pdf`` where the program is missing.
        TooLarge: ``media.pdf_pages``: more pages.
    """
    if shutil.which(PROGRAM) is None:
        raise Invalid("media.no_pdf", field=field)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in.pdf").write_bytes(data)
        made = _draw(folder)
        pages = sorted(folder.glob("page-*.jpg"))
        if made != 0 or not pages:
            raise Invalid("media.pdf_damaged", field=field)
        if len(pages) > MOST_PAGES:
            raise TooLarge("media.pdf_pages", field=field, most=MOST_PAGES)
        return tuple(page.read_bytes() for page in pages)


def _draw(folder: Path) -> int:
    """Draw one page more than is taken, so that too many are noticed; return the exit code."""
    limits = f'ulimit -t {_SECONDS} -v {_KILOBYTES}; exec "$@"'
    draw = [
        PROGRAM, "-jpeg", "-scale-to", str(_EDGE), "-l", str(MOST_PAGES + 1), "in.pdf", "page",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", limits, "sh", *draw],
            cwd=folder,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode
