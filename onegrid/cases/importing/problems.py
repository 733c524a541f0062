"""What can be wrong with a table of requests, each with its remedy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "row.future": _("This time lies in the future. Check it."),
        "row.twice": _(
            "Row %(row)s has the same number. Give each request its own, or delete one."
        ),
        "row.half_reply": _(
            "A reply needs its time, and a time its reply. Fill in both, or neither."
        ),
        "row.reply_before": _(
            "The reply is earlier than the request (%(created)s). Correct one of them."
        ),
        "row.needs_replay": _(
            "There is a reply already. Leave it out, or import with --replay as an old case."
        ),
        "row.half_point": _("A point needs both degrees. Fill in both, or neither."),
        "row.category": _(
            "There is no category “%(value)s”. Use a code of the county, or leave it out."
        ),
        "batch.touched": _(
            "Somebody has worked on %(count)s cases of this batch since, e.g. %(numbers)s. "
            "It cannot be undone any more."
        ),
        "batch.no_unit": _("The county has no unit yet. Create one first."),
    }
)
