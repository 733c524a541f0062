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
from onegrid.runtime.processes import die_with_parent


@app.task(queue="plans", lock="plans.run", pass_context=False)
def find_sites(tenant_id: int, siting_id: str) -> int:
    """Compute a siting draft; return the exit code of the process."""
    code = subprocess.call(
        [sys.executable, "-m", "onegrid.cli", "find-sites", str(tenant_id), siting_id],
        stdin=subprocess.DEVNULL,
        env=os.environ,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    if code:
        with tenant_tx(tenant_id):
            asking.fail(siting_id=UUID(siting_id), fault="plan.broken_off", now=timezone.now())
    return code
