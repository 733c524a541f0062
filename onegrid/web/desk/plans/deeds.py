"""The planner's work, comments, and the way of a draft to adoption: one address for each deed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onegrid.common.refusals import Invalid, NotFound
from onegrid.plans import actions, queries
from onegrid.plans.actions import Doing
from onegrid.web.desk.calls.shared import words
from onegrid.web.desk.plans import bench
from onegrid.web.desk.plans.shared import PLAN_ROLES, tried
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request

#: Does one deed and returns what to say.
Way = Callable[[Request, Doing, UUID], str]


@require_POST
@for_roles(*PLAN_ROLES)
def do(request: Request, draft_id: UUID, deed: str) -> HttpResponse:
    """Do something about a draft."""
    way = WAYS.get(deed)
    if way is None:
        raise Http404(deed)
    return tried(
        request,
        lambda doing: [way(request, doing, draft_id)],
        back=reverse("desk:plan", args=[draft_id]),
        again=lambda refusal: bench.page(
            request, draft_id, refusal, field=f"{deed}-{refusal.field}" if refusal.field else ""
        ),
    )


def _start(request: Request, doing: Doing, draft_id: UUID) -> str:
    actions.start(doing=doing, draft_id=draft_id)
    return _("The planner starts.")


def _cancel(request: Request, doing: Doing, draft_id: UUID) -> str:
    actions.cancel(doing=doing, draft_id=draft_id)
    return _("The planner ends; the best plan so far is kept.")


def _comment(request: Request, doing: Doing, draft_id: UUID) -> str:
    actions.comment(doing=doing, draft_id=draft_id, text=words(request, "comment-text"))
    return _("Your comment stands below the draft.")


def _submit(request: Request, doing: Doing, draft_id: UUID) -> str:
    actions.submit(doing=doing, draft_id=draft_id)
    return _("Submitted. The street officers are next.")


def _agree(request: Request, doing: Doing, draft_id: UUID) -> str:
    actions.agree(doing=doing, draft_id=draft_id)
    return _("You have agreed for your street.")


def _approve(request: Request, doing: Doing, draft_id: UUID) -> str:
    actions.approve(doing=doing, draft_id=draft_id)
    return _("Approved. Now set the day on which it takes effect.")


def _send_back(request: Request, doing: Doing, draft_id: UUID) -> str:
    reason = words(request, "send_back-reason")
    actions.send_back(doing=doing, draft_id=draft_id, reason=reason)
    return _("Sent back with your reason.")


def _withdraw(request: Request, doing: Doing, draft_id: UUID) -> str:
    reason = words(request, "withdraw-reason")
    actions.withdraw(doing=doing, draft_id=draft_id, reason=reason)
    return _("The draft was withdrawn.")


def _adopt(request: Request, doing: Doing, draft_id: UUID) -> str:
    try:
        day = date.fromisoformat(words(request, "adopt-effective_on"))
    except ValueError as error:
        raise Invalid("plan_form.day", field="effective_on") from error
    actions.adopt(doing=doing, draft_id=draft_id, effective_on=day)
    return _("Adopted. The plan takes effect on %(day)s.") % {"day": day.isoformat()}


def _revoke(request: Request, doing: Doing, draft_id: UUID) -> str:
    view = queries.draft(viewer=request.viewer, draft_id=draft_id, now=request.now)
    if view.adoption is None:
        raise NotFound("draft.not_found")
    reason = words(request, "revoke-reason")
    actions.revoke(doing=doing, adoption_id=view.adoption.id, reason=reason)
    return _("The adoption was revoked; everything stays as it is today.")


WAYS: dict[str, Way] = {
    "start": _start,
    "cancel": _cancel,
    "comment": _comment,
    "submit": _submit,
    "agree": _agree,
    "approve": _approve,
    "send_back": _send_back,
    "withdraw": _withdraw,
    "adopt": _adopt,
    "revoke": _revoke,
}
