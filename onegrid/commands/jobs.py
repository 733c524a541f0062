"""The worker of background jobs, and the work it leaves to a process of its own."""

from __future__ import annotations

from uuid import UUID

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


def plan_draft(*, tenant_id: int, run_id: UUID) -> None:
    """Make the plan that a run asks for."""
    from django.utils import timezone

    from onegrid.plans.work import work as make_plan

    make_plan(tenant_id=tenant_id, run_id=run_id, clock=timezone.now)


def find_sites(*, tenant_id: int, siting_id: UUID) -> None:
    """Compute a siting draft."""
    from django.utils import timezone

    from onegrid.plans.siting.work import work as compute

    compute(tenant_id=tenant_id, siting_id=siting_id, clock=timezone.now)
