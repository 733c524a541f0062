"""What communities say of a draft, and its way to approval."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.grids.queries import area, within
from onegrid.plans import rights
from onegrid.plans.actions.doing import Doing, decide, done_before, locked
from onegrid.plans.ground import Ground
from onegrid.plans.models import Draft, DraftComment
from onegrid.plans.terms import MAX_REASON, Deed, Status

_TEXT = 2000


@transaction.atomic
def comment(*, doing: Doing, draft_id: UUID, text: str) -> UUID:
    """Say something of a draft, for the own community if the viewer works for one.

    Raises:
        NotFound: out of scope.
        Invalid: no text, or too long.
    """
    draft = locked(draft_id, doing)
    if DraftComment.objects.filter(pk=doing.key).exists():
        return doing.key
    said = text.strip()
    if not said or len(said) > _TEXT:
        raise Invalid("draft.comment", field="text", most=_TEXT)
    inside = rights.communities_of(doing.viewer) & within(area_id=draft.scope_id)
    DraftComment.objects.create(
        id=doing.key,
        draft=draft,
        community_id=min(inside, default=None),
        at=doing.now,
        by_id=doing.actor,
        by_name=doing.viewer.name,
        text=said,
    )
    return doing.key


@transaction.atomic
def submit(*, doing: Doing, draft_id: UUID) -> None:
    """Put a draft forward for approval; from now on it is not changed.

    Raises:
        NotFound: out of scope.
        Forbidden: the viewer makes no drafts there.
        Conflict: it has no plan yet, or was submitted already.
    """
    draft = locked(draft_id, doing)
    if done_before(doing):
        return
    if not rights.may_plan(doing.viewer, draft.scope_id):
        raise Forbidden("draft.only_planners")
    if draft.status != Status.READY:
        raise Conflict("draft.not_ready", status=draft.get_status_display())
    draft.submitted_by = doing.actor
    _go(draft, doing, Status.SUBMITTED, Deed.SUBMIT)


@transaction.atomic
def agree(*, doing: Doing, draft_id: UUID) -> None:
    """Agree for the own street; when all streets of the scope have agreed, the county decides.

    Raises:
        NotFound: out of scope.
        Forbidden: the viewer is no officer of a street of the scope.
        Conflict: it waits for nothing of the kind, or the street has agreed.
    """
    draft = locked(draft_id, doing)
    if done_before(doing):
        return
    if draft.status != Status.SUBMITTED:
        raise Conflict("draft.not_submitted", status=draft.get_status_display())
    wanted = streets_within(draft)
    own = rights.streets_of(doing.viewer) & wanted
    if not own:
        raise Forbidden("draft.only_street")
    new = sorted(own - set(draft.agreed_streets))
    if not new:
        raise Conflict("draft.agreed_already")
    draft.agreed_streets = [*draft.agreed_streets, *new]
    draft.agreed_by = [*draft.agreed_by, *(doing.actor for _ in new)]
    all_agree = wanted <= set(draft.agreed_streets)
    _go(draft, doing, Status.AGREED if all_agree else Status.SUBMITTED, Deed.AGREE)


@transaction.atomic
def approve(*, doing: Doing, draft_id: UUID) -> None:
    """Approve for the county; whoever submitted it or agreed to it cannot.

    Raises:
        NotFound: out of scope.
        Forbidden: the viewer does not decide for the county, or has decided on it before.
        Conflict: the streets have not agreed.
    """
    draft = locked(draft_id, doing)
    if done_before(doing):
        return
    if not rights.may_approve(doing.viewer):
        raise Forbidden("draft.only_county")
    if draft.status != Status.AGREED:
        raise Conflict("draft.not_agreed", status=draft.get_status_display())
    if doing.actor in {draft.submitted_by, *draft.agreed_by}:
        raise Forbidden("draft.same_person")
    draft.approved_by = doing.actor
    _go(draft, doing, Status.APPROVED, Deed.APPROVE)


@transaction.atomic
def send_back(*, doing: Doing, draft_id: UUID, reason: str) -> None:
    """Give a submitted draft back for changes; approvals so far are void.

    Raises:
        NotFound: out of scope.
        Forbidden: the viewer neither agrees nor approves.
        Invalid: no reason.
        Conflict: it does not wait for a decision.
    """
    draft = locked(draft_id, doing)
    if done_before(doing):
        return
    own = rights.streets_of(doing.viewer) & streets_within(draft)
    if not own and not rights.may_approve(doing.viewer):
        raise Forbidden("draft.only_county")
    if draft.status not in {Status.SUBMITTED, Status.AGREED, Status.APPROVED}:
        raise Conflict("draft.not_submitted", status=draft.get_status_display())
    _reset(draft)
    _go(draft, doing, Status.READY, Deed.SEND_BACK, _why(reason))


@transaction.atomic
def withdraw(*, doing: Doing, draft_id: UUID, reason: str) -> None:
    """Take a draft out of the way for good.

    Raises:
        NotFound: out of scope.
        Forbidden: the viewer makes no drafts there.
        Invalid: no reason.
        Conflict: it was adopted or withdrawn.
    """
    draft = locked(draft_id, doing)
    if done_before(doing):
        return
    if not rights.may_plan(doing.viewer, draft.scope_id):
        raise Forbidden("draft.only_planners")
    if draft.status in {Status.ADOPTED, Status.WITHDRAWN}:
        raise Conflict("draft.over", status=draft.get_status_display())
    _reset(draft)
    _go(draft, doing, Status.WITHDRAWN, Deed.WITHDRAW, _why(reason))


def streets_within(draft: Draft) -> frozenset[UUID]:
    """Return the streets in which buildings of the draft lie."""
    ground = Ground.load(draft.ground)
    found = set()
    for grid_id in ground.grid_ids():
        community = area(area_id=grid_id).parent_id
        street = area(area_id=community).parent_id if community else None
        if street is not None:
            found.add(street)
    return frozenset(found)


def _reset(draft: Draft) -> None:
    draft.submitted_by = draft.approved_by = None
    draft.agreed_by, draft.agreed_streets = [], []


def _why(reason: str) -> str:
    why = reason.strip()
    if not why or len(why) > MAX_REASON:
        raise Invalid("draft.reason", field="reason", most=MAX_REASON)
    return why


def _go(draft: Draft, doing: Doing, status: Status, deed: Deed, reason: str = "") -> None:
    draft.status, draft.changed_at = status, doing.now
    draft.save()
    decide(draft, doing, deed, reason)
