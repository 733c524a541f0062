"""Django for a passing command, on whatever database this installation has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from onegrid.commands.terminal import say
from onegrid.runtime.database import connected
from onegrid.runtime.paths import var_folder


@contextmanager
def with_django(purpose: str) -> Iterator[None]:
    """Find or start the database and set Django up.

    Args:
        purpose: name of the command, told to whoever waits for the database.
    """
    with connected(var_folder(), purpose=purpose, say=say) as found:
        os.environ.update(found)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")
        import django

        django.setup()
        yield
