"""Where things are: the checkout and the folder of this installation's data."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent


def var_folder() -> Path:
    """Return the folder for data and files: ``$ONEGRID_VAR``, else ``var`` in the checkout."""
    return Path(os.environ.get("ONEGRID_VAR") or ROOT / "var").absolute()


def digest(path: Path) -> str:
    """Return 12 hex digits that stand for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
