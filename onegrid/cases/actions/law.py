"""Change the law: a new version of a rule, and of the promise that follows from it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from onegrid.cases import reference
from onegrid.cases.models import SlaPolicy
from onegrid.core.clock import ClockKind
from onegrid.duties import actions as duties
from onegrid.duties.terms import Parameter

#: Rules that set a promise of working days.
_CLOCKS = {
    Parameter.LEGAL_DAYS: ClockKind.LEGAL,
    Parameter.CALLBACK_WORKING_DAYS: ClockKind.CALLBACK,
}


@transaction.atomic
def amend(*, rule_id: UUID, text: str, amount: int | None, valid_from: date) -> None:
    """Replace a rule from a day on; cases dispatched before that day keep the old version.

    Raises:
        NotFound, Conflict, Invalid: as `onegrid.duties.actions.new_version`.
    """
    made = duties.new_version(rule_id=rule_id, text=text, amount=amount, valid_from=valid_from)
    clock = _CLOCKS.get(Parameter(made.parameter)) if made.parameter else None
    if clock is None:
        return
    general = SlaPolicy.objects.filter(
        clock=clock, case_class="", category=None, channel="", unit=None, valid_to=None
    )
    for row in list(general):
        SlaPolicy.objects.filter(pk=row.pk).update(valid_to=valid_from)
        SlaPolicy.objects.create(
            clock=clock,
            calendar=row.calendar,
            working_days=made.amount,
            basis=f"{made.regulation} 第{made.article}条（第{made.version}版）",
            valid_from=valid_from,
        )
    reference.policies.clear()
