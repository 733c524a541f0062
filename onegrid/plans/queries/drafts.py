"""Read drafts: the list, one in full, what it would change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import NotFound
from onegrid.grids.queries import area, area_names, areas, within
from onegrid.grids.queries.inside import households_by_grid
from onegrid.grids.terms import AreaLevel
from onegrid.plans import rights
from onegrid.plans.figures import Figures
from onegrid.plans.limits import figures_of, standing_of
from onegrid.plans.models import (
    Adoption,
    Draft,
    DraftComment,
    DraftDecision,
    DraftGrid,
    DraftRun,
)
from onegrid.plans.ports import DraftWish
from onegrid.plans.queries.edits import edits, to_redo, to_undo
from onegrid.plans.queries.rows import (
    AdoptionRow,
    CommentRow,
    DecisionRow,
    DraftRow,
    DraftView,
    GridRow,
    RunRow,
    ScopeRow,
)
from onegrid.plans.stations import of_draft
from onegrid.plans.terms import ALIVE, LOST_AFTER, OPEN, RunState, Status


def seen(viewer: Viewer, draft_id: UUID, *, whole: bool = False) -> Draft:
    """Return a draft that a viewer may see.

    Args:
        whole: with its ground and labels.

    Raises:
        NotFound: no such draft, or out of the viewer's scope: the same answer.
    """
    row = _light(Draft.objects.filter(pk=draft_id), whole).first()
    if row is None or not rights.may_see(viewer, row.scope_id):
        raise NotFound("draft.not_found")
    return row


def _light(found: QuerySet[Draft], whole: bool = False) -> QuerySet[Draft]:
    return found if whole else found.defer("ground", "labels")


def drafts(*, viewer: Viewer, draft_ids: Collection[UUID] | None = None) -> tuple[DraftRow, ...]:
    """Return the drafts that a viewer may see, the newest first; only some of them if named."""
    found = _light(Draft.objects.order_by("-changed_at", "-id"))
    if draft_ids is not None:
        found = found.filter(id__in=draft_ids)
    running = dict(DraftRun.objects.filter(state__in=ALIVE).values_list("draft_id", "share"))
    return tuple(
        _row(one, running.get(one.id)) for one in found if rights.may_see(viewer, one.scope_id)
    )


def compare(*, viewer: Viewer, draft_ids: Collection[UUID]) -> tuple[DraftRow, ...]:
    """Return some drafts side by side, in the order of the names of their ids.

    Raises:
        NotFound: one of them is not the viewer's to see.
    """
    rows = {row.id: row for row in drafts(viewer=viewer, draft_ids=draft_ids)}
    if not set(draft_ids) <= rows.keys():
        raise NotFound("draft.not_found")
    return tuple(rows[one] for one in draft_ids)


def scopes(*, viewer: Viewer, now: datetime) -> tuple[ScopeRow, ...]:
    """Return the county and the streets for which a viewer may make drafts.

    Households are counted from the buildings, as the planner does.
    """
    places = [*areas(level=AreaLevel.COUNTY, on=now), *areas(level=AreaLevel.STREET, on=now)]
    own = [place for place in places if rights.may_plan(viewer, place.id)]
    grids = areas(level=AreaLevel.GRID, on=now)
    households = households_by_grid(on=now) if own else {}
    found = []
    for place in own:
        inside = [row.id for row in grids if row.path.startswith(f"{place.path}/")]
        people = sum(households.get(one, 0) for one in inside)
        found.append(ScopeRow(place.id, place.name, place.level, people, len(inside)))
    return tuple(row for row in found if row.grids)


def draft(*, viewer: Viewer, draft_id: UUID, now: datetime) -> DraftView:
    """Return a draft in full.

    Raises:
        NotFound: no such draft, or out of the viewer's scope.
    """
    found = seen(viewer, draft_id)
    run = _last_run(draft_id, now)
    alive = run is not None and run.state in ALIVE
    adoption = adoption_of(viewer, draft_id, now)
    return DraftView(
        row=_row(found, run.share if run is not None and alive else None),
        wish=_wish(found),
        stations=of_draft(found.stations),
        grids=_grids(found),
        comments=_comments(draft_id),
        decisions=_decisions(draft_id),
        edits=edits(draft_id),
        run=run,
        adoption=adoption,
        may=may(viewer, found, adoption, alive=alive),
    )


def progress(*, viewer: Viewer, draft_id: UUID, now: datetime) -> RunRow:
    """Return how far the newest run of a draft is; cheap, to be asked every second.

    Raises:
        NotFound: no such draft, out of the viewer's scope, or it was never planned.
    """
    seen(viewer, draft_id)
    run = _last_run(draft_id, now)
    if run is None:
        raise NotFound("draft.no_run")
    return run


def _last_run(draft_id: UUID, now: datetime) -> RunRow | None:
    row = DraftRun.objects.filter(draft_id=draft_id).defer("preview").order_by("-asked_at").first()
    if row is None:
        return None
    silent = row.state == RunState.RUNNING and now - row.heard_at > timedelta(seconds=LOST_AFTER)
    return RunRow(
        row.id, row.state, str(row.get_state_display()), row.asked_at, row.ended_at, row.cancel,
        row.stage, row.share, row.elapsed, row.grids, row.rms, row.within, row.fault,
        row.again, silent,
    )  # fmt: skip


def _row(found: Draft, share: float | None) -> DraftRow:
    return DraftRow(
        id=found.id,
        name=found.name,
        status=found.status,
        status_label=str(found.get_status_display()),
        scope_id=found.scope_id,
        scope_name=area(area_id=found.scope_id).name,
        least=found.least,
        most=found.most,
        community_least=found.community_least,
        community_most=found.community_most,
        made_by_name=found.made_by_name,
        made_at=found.made_at,
        changed_at=found.changed_at,
        version=found.version,
        before=Figures(**found.before),
        after=figures_of(found.after),
        standing=standing_of(found.after),
        share=share,
    )


def _wish(found: Draft) -> DraftWish:
    return DraftWish(
        name=found.name,
        scope_id=found.scope_id,
        least=found.least,
        most=found.most,
        community_least=found.community_least,
        community_most=found.community_most,
        most_grids=found.most_grids,
        frozen=tuple(found.frozen),
        seed=found.seed,
        seconds=found.seconds,
        assumptions=found.assumptions,
        **found.wishes,
    )


def _grids(found: Draft) -> tuple[GridRow, ...]:
    names, frozen = area_names(), set(found.frozen)
    rows = DraftGrid.objects.filter(draft=found).order_by("code")
    return tuple(
        GridRow(
            number=row.number,
            code=row.code,
            name=row.name,
            community_code=row.community_code,
            community_name=row.community_name,
            today_id=row.today_id,
            today_name=names.get(row.today_id, "") if row.today_id else "",
            buildings=row.buildings,
            households=row.households,
            cases=row.cases,
            rms=row.rms,
            compactness=row.compactness,
            within=row.within,
            connected=row.connected,
            station=row.station,
            walk=row.walk,
            miss=row.miss,
            frozen=row.today_id in frozen,
        )
        for row in rows
    )


def _comments(draft_id: UUID) -> tuple[CommentRow, ...]:
    names = area_names()
    rows = DraftComment.objects.filter(draft_id=draft_id).order_by("at", "id")
    return tuple(
        CommentRow(at, by, names.get(place, "") if place else "", text)
        for at, by, place, text in rows.values_list("at", "by_name", "community_id", "text")
    )


def _decisions(draft_id: UUID) -> tuple[DecisionRow, ...]:
    rows = DraftDecision.objects.filter(draft_id=draft_id).order_by("at", "id")
    return tuple(
        DecisionRow(row.deed, str(row.get_deed_display()), row.at, row.by_name, row.reason)
        for row in rows
    )


def adoption_of(viewer: Viewer, draft_id: UUID, now: datetime) -> AdoptionRow | None:
    """Return the newest adoption of a draft."""
    row = Adoption.objects.filter(draft_id=draft_id).order_by("-at").first()
    return adoption_row(viewer, row, now) if row is not None else None


def adoption_row(viewer: Viewer, row: Adoption, now: datetime) -> AdoptionRow:
    """Return an adoption as pages get it."""
    standing = row.revoked_at is None and row.applied_at is None and now < row.effective_at
    return AdoptionRow(
        id=row.id,
        draft_id=row.draft_id,
        draft_name=row.draft.name,
        effective_on=localtime(row.effective_at).date(),
        effective_at=row.effective_at,
        at=row.at,
        by_name=row.by_name,
        applied_at=row.applied_at,
        moved_at=row.moved_at,
        cases_moved=row.cases_moved,
        revoked_at=row.revoked_at,
        may_revoke=standing and rights.may_approve(viewer),
    )


_EDITS = frozenset({"paint", "swap", "split", "merge", "rename"})


def may(
    viewer: Viewer, found: Draft, adoption: AdoptionRow | None, *, alive: bool
) -> frozenset[str]:
    """Return the names of the actions that a viewer can take on a draft now."""
    names = {"comment"} if viewer.user_id is not None else set()
    if rights.may_plan(viewer, found.scope_id):
        names |= _of_planner(found, alive)
    names |= _of_decider(viewer, found)
    if adoption is not None and adoption.may_revoke:
        names.add("revoke")
    return frozenset(names)


def _of_planner(found: Draft, alive: bool) -> set[str]:
    names: set[str] = set()
    if found.status in OPEN:
        names |= {"cancel"} if alive else {"start", "change_draft"}
    if found.status == Status.READY:
        names |= {*_EDITS, "submit"}
        names |= {"undo"} if to_undo(found.id) else set()
        names |= {"redo"} if to_redo(found.id) else set()
    if found.status not in {Status.ADOPTED, Status.WITHDRAWN}:
        names.add("withdraw")
    return names


def _of_decider(viewer: Viewer, found: Draft) -> set[str]:
    names: set[str] = set()
    own = rights.streets_of(viewer) & within(area_id=found.scope_id)
    if found.status == Status.SUBMITTED and own - set(found.agreed_streets):
        names |= {"agree", "send_back"}
    if not rights.may_approve(viewer):
        return names
    if found.status in {Status.SUBMITTED, Status.AGREED, Status.APPROVED}:
        names.add("send_back")
    if found.status == Status.AGREED and viewer.user_id not in {
        found.submitted_by,
        *found.agreed_by,
    }:
        names.add("approve")
    if found.status == Status.APPROVED:
        names.add("adopt")
    return names
