"""What is under supervision, what the checks found, and the reminders of the signed-in person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from onegrid.accounts.terms import Role
from onegrid.cases import actions, queries
from onegrid.cases.actions.reminders import read_reminders
from onegrid.cases.oversight_terms import Finding, ReminderReason
from onegrid.cases.queries import oversight as found
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Conflict, Invalid
from onegrid.web.casework.oversight import alarm_shown, shown
from onegrid.web.casework.page import BOARD_ROLES, DESK_ROLES
from onegrid.web.casework.steps import clock_name
from onegrid.web.edge import for_roles
from onegrid.web.middleware import Request
from onegrid.web.sheets import sheet
from onegrid.web.step_up import fresh_proof

_TABS = ("open", "replied", "settled", "all")


def _frame(request: Request) -> dict[str, Any]:
    return {
        "turn": queries.turn_counts(request.viewer),
        "may_see_board": request.viewer.has(*BOARD_ROLES),
    }


def _which(request: Request) -> str:
    which = request.GET.get("which", "")
    return which if which in _TABS else "open"


@require_safe
@for_roles(*found.READERS)
def supervision(request: Request) -> HttpResponse:
    """Show the supervisions of the viewer's scope, the reply due first on top."""
    which = _which(request)
    labels = {
        "open": _("Reply awaited"),
        "replied": _("Reply to be looked at"),
        "settled": _("Settled"),
        "all": _("All"),
    }
    counts = found.supervision_counts(request.viewer)
    rows = found.supervisions(request.viewer, which=which, now=request.now)
    context = {
        "rows": [shown(row) for row in rows],
        "tabs": [(name, labels[name], counts.get(name), name == which) for name in _TABS],
        "export_url": f"{reverse('desk:supervision_export')}?which={which}",
        "may_see_alarms": request.viewer.has(Role.SUPERVISOR),
        **_frame(request),
    }
    return render(request, "desk/supervision.html", context)


@require_safe
@for_roles(*found.READERS)
@fresh_proof(back_to="desk:supervision")
def export(request: Request) -> HttpResponse:
    """Send the list as an Excel file; needs a sign-in of the last ten minutes."""
    rows = found.supervisions(request.viewer, which=_which(request), now=request.now)
    heads = [
        _("Number"), _("Title"), _("Unit"), _("Kind"), _("Reason (Art. 26)"), _("State"),
        _("Ordered"), _("Reply due"), _("What shall be answered?"), _("Reply"), _("Asked again"),
        _("Settlement"),
    ]  # fmt: skip
    cells = [
        (
            one.row.number,
            one.row.title,
            one.row.unit,
            one.kind,
            one.trigger,
            one.state,
            f"{localtime(one.row.issued_at):%Y-%m-%d %H:%M}",
            f"{localtime(one.row.reply_due):%Y-%m-%d %H:%M}",
            one.row.text,
            one.row.reply,
            one.row.rejections,
            one.row.settlement,
        )
        for one in map(shown, rows)
    ]
    return sheet(name="supervision", heads=heads, rows=cells, now=request.now)


@require_safe
@for_roles(Role.SUPERVISOR)
def alarms(request: Request) -> HttpResponse:
    """Show what the checks found, with its evidence."""
    return _alarms(request)


def _alarms(request: Request, **more: Any) -> HttpResponse:
    settled = request.GET.get("which") == "settled"
    rows = found.alarms(request.viewer, settled=settled)
    context = {
        "rows": [alarm_shown(row) for row in rows],
        "settled": settled,
        "findings": Finding.choices,
        **_frame(request),
        **more,
    }
    return render(request, "desk/alarms.html", context)


@require_POST
@for_roles(Role.SUPERVISOR)
def settle(request: Request, alarm_id: UUID) -> HttpResponse:
    """Write down what an alarm turned out to be."""
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in ("do", "words")}
    try:
        with transaction.atomic():
            actions.settle_alarm(
                viewer=request.viewer,
                alarm_id=alarm_id,
                finding=typed["do"],
                words=typed["words"],
                now=request.now,
            )
    except (Invalid, Conflict) as refusal:
        response = _alarms(request, wrong=alarm_id, reason=text(refusal), typed=typed["words"])
        response.status_code = refusal.status
        return response
    messages.success(request, _("Written down. Thank you."))
    return redirect("desk:alarms")


@require_safe
@for_roles(*DESK_ROLES, Role.GRID_WORKER)
def reminders(request: Request) -> HttpResponse:
    """Show what the signed-in person was told, unread first."""
    rows = found.reminders(request.viewer)
    space = "desk" if request.viewer.has(*DESK_ROLES) else "worker"
    context = {
        "rows": [
            {
                "row": row,
                "reason": ReminderReason(row.reason).label,
                "clock": clock_name(row.clock) if row.clock else "",
                "url": reverse(f"{space}:case", args=[row.number]),
            }
            for row in rows
        ],
        "unread": sum(row.read_at is None for row in rows),
        "layout": f"layouts/{space}.html",
        **_frame(request),
    }
    return render(request, "desk/reminders.html", context)


@require_POST
@for_roles(*DESK_ROLES, Role.GRID_WORKER)
def read(request: Request) -> HttpResponse:
    """Mark reminders as read, of one case or all; the moment is kept as the receipt."""
    number = request.POST.get("number", "")
    case_id = queries.case_id_of(number) if number else None
    count = read_reminders(viewer=request.viewer, now=request.now, case_id=case_id)
    words = ngettext("%(count)s reminder read.", "%(count)s reminders read.", count)
    messages.success(request, words % {"count": count})
    return redirect("desk:reminders")
