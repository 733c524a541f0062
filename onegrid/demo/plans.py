"""Two drafts of new grids for one street: one ready to look at, one put forward with a comment."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.utils import timezone

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.tenancy.context import tenant_tx
from onegrid.demo.people import Cast
from onegrid.grids.queries import areas
from onegrid.plans import actions
from onegrid.plans.actions import Doing
from onegrid.plans.ports import DraftWish
from onegrid.plans.work import work

_SECONDS = 2


def draft_plans(cast: Cast, *, tenant_id: int) -> None:
    """Draft, plan, comment on and submit; each step in its own transaction, as people do it."""
    with tenant_tx(tenant_id):
        street = areas(level="street", on=cast.now)[0]
    officer = cast.county[Role.DISPATCHER]
    small = DraftWish(
        name=f"{street.name}：网格小一些，方便上门",
        scope_id=street.id,
        least=250,
        most=420,
        borders=20,
        change=20,
        seconds=_SECONDS,
        assumptions="每名网格员一个下午走完一圈。",
    )
    steady = DraftWish(
        name=f"{street.name}：少变动，只调不合理的边界",
        scope_id=street.id,
        least=300,
        most=500,
        borders=30,
        change=60,
        seconds=_SECONDS,
    )
    _plan(officer, small, tenant_id)
    forward = _plan(officer, steady, tenant_id)
    neighbour = min(cast.secretaries.items())[1]
    with tenant_tx(tenant_id):
        text = "湖东那一侧老人多，请别把两个老小区分到两个网格。"
        actions.comment(doing=_by(neighbour), draft_id=forward, text=text)
    with tenant_tx(tenant_id):
        actions.submit(doing=_by(officer), draft_id=forward)


def _plan(officer: Viewer, wish: DraftWish, tenant_id: int) -> UUID:
    with tenant_tx(tenant_id):
        draft_id = actions.create_draft(doing=_by(officer), wish=wish)
    with tenant_tx(tenant_id):
        run_id = actions.start(doing=_by(officer), draft_id=draft_id)
    work(tenant_id=tenant_id, run_id=run_id, clock=timezone.now)
    return draft_id


def _by(viewer: Viewer) -> Doing:
    return Doing(viewer, timezone.now(), uuid4())
