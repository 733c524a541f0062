"""Sentences for what is refused around the approval of plans and reports of done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "approval.plan_needed": _(
            "In this county a plan is published only after approval. Submit it to the head of "
            "your unit."
        ),
        "approval.closure_needed": _(
            "In this county a case like this is reported done only after approval. Submit the "
            "report to the head of your unit."
        ),
        "approval.on_spot": _(
            "In this county every report of done needs approval, so nothing is closed on the spot. "
            "Send the report only; once it is given to your community, handle it and submit the "
            "report of done to the secretary."
        ),
        "approval.not_needed": _(
            "The rules of this county ask for no approval here. Publish the plan or report the "
            "case done directly."
        ),
        "approval.same_person": _(
            "Whoever submitted it does not approve it. Another head decides, or take it back and "
            "let a colleague submit it."
        ),
        "approval.dates_over": _(
            "A date of this plan is over meanwhile. Send it back, so that the unit gives new dates."
        ),
    }
)
