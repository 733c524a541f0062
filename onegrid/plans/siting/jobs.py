"""The job of siting: a process of its own, because of its memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from onegrid.common.tenancy.context import tenant_tx
from onegrid.plans.siting import asking
from onegrid.plans.terms import MOST_AGAIN
from onegrid.runtime.processes import die_with_parent


def command(*, tenant_id: int, siting_id: str) -> list[str]:
    """Return the command that computes a siting draft."""
    return [sys.executable, "-m", "onegrid.cli", "find-sites", str(tenant_id), siting_id]


@app.task(queue="plans", lock="plans.run", pass_context=False)
def find_sites(tenant_id: int, siting_id: str) -> int:
    """Compute a siting draft in a process of its own; one that is killed is followed by another.

    When the worker is killed, the job comes again and begins anew.

    Returns:
        The exit code of the last process.
    """
    code = 0
    for _ in range(1 + MOST_AGAIN):
        with tenant_tx(tenant_id):
            if not asking.wait_again(siting_id=UUID(siting_id)):
                return 0
        code = subprocess.call(
            command(tenant_id=tenant_id, siting_id=siting_id),
            stdin=subprocess.DEVNULL,
            env=os.environ,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        if not code:
            return 0
    with tenant_tx(tenant_id):
        asking.fail(siting_id=UUID(siting_id), fault="plan.broken_off", now=timezone.now())
    return code
