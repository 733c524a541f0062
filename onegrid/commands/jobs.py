"""The worker of background jobs."""

from __future__ import annotations

from django.core.management import call_command

_AT_ONCE = 2
_FINISH_SECONDS = 4


def work() -> None:
    """Work on jobs until told to stop; what runs then gets a few seconds to finish."""
    call_command(
        "procrastinate",
        "worker",
        f"--concurrency={_AT_ONCE}",
        f"--shutdown-graceful-timeout={_FINISH_SECONDS}",
    )
