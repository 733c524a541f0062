"""Before a report is sent: is it one of these already? Join it, or add to your own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onegrid.cases import actions
from onegrid.cases.actions import Doing, Request
from onegrid.cases.queries.offers import Offer, chosen, offers
from onegrid.common.refusals import Conflict, Refusal
from onegrid.web.middleware import Request as WebRequest
from onegrid.web.public.draft import Draft, Who, drop, viewer_for


def offered(request: WebRequest, draft: Draft) -> tuple[Offer, ...]:
    """Return open cases like the draft; none for a draft that could not be sent as it is."""
    try:
        return offers(viewer_for(draft, request.viewer), request=_wanted(draft), now=request.now)
    except Refusal:  # sending says what is wrong with it
        return ()


def _wanted(draft: Draft) -> Request:
    return draft.as_request(language=get_language() or "zh-hans")


def may_be_told(draft: Draft) -> bool:
    """Tell whether somebody who joins with this draft could be told the result."""
    return draft.who in {Who.CONTACT, Who.ACCOUNT}


def join(request: WebRequest, draft: Draft, key: UUID) -> HttpResponse:
    """Join what was chosen, or add to the own case; the draft is dropped.

    Raises:
        Refusal: what was chosen is gone, or nobody could be told; nothing is written.
    """
    offer = chosen(offered(request, draft), request.POST["join"])
    if offer is None:
        raise Conflict("case.join_gone", field="join")
    doing = Doing(viewer=viewer_for(draft, request.viewer), now=request.now, key=key)
    wanted = _wanted(draft)
    with transaction.atomic():
        if offer.own:
            actions.repeat(case_id=offer.case_id, doing=doing, text=draft.text)
        else:
            actions.join(
                case_id=offer.case_id, doing=doing, reporter=wanted.reporter, text=draft.text
            )
    drop(request)
    if offer.own:
        messages.success(request, _("Your message was added to your case."))
        return redirect("resident:case", number=offer.number)
    return redirect("public:report_joined")


@require_safe
def joined(request: WebRequest) -> HttpResponse:
    """Say what happens after joining."""
    return render(request, "public/report_joined.html")
