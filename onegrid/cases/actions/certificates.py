"""Answer a request for an abolished certificate with what to use instead (S21)."""

from __future__ import annotations

from uuid import UUID

from onegrid.cases import notify
from onegrid.cases.actions.parts import answers_given
from onegrid.cases.actions.step import Doing, Later, Move, take
from onegrid.cases.certificates import MAX_OUTSIDE
from onegrid.cases.models import Case, CertificateAsk
from onegrid.cases.terms import Result
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core.flow import Action, Evidence
from onegrid.organisation.queries import units


def answer_certificate(
    *,
    case_id: UUID,
    doing: Doing,
    answers: dict[int, str],
    unit_id: UUID | None = None,
    outside: str = "",
) -> Case:
    """Answer at once, and write down who still asks for the certificate.

    Args:
        unit_id: the unit that wants it; None: as the text of the request names it.
        outside: somebody who is none of our units, e.g. a bank.

    Raises:
        Conflict: no abolished certificate was recognised in the request.
        Invalid: the unit does not exist, or the name is too long.
    """
    if unit_id is not None and unit_id not in units():
        raise Invalid("case.unit_unknown", field="unit")
    if len(outside) > MAX_OUTSIDE:
        raise Invalid("case.outside_too_long", field="outside", most=MAX_OUTSIDE)

    def move(case: Case) -> Move:
        rows = CertificateAsk.objects.filter(case_id=case.pk)
        codes = list(rows.order_by("item__code").values_list("item__code", flat=True))
        if not codes:
            raise Conflict("case.no_certificate")
        named = {"unit_id": unit_id} if unit_id else {}
        rows.update(answered_at=doing.now, outside=outside.strip(), **named)
        return Move(
            Action.ANSWER_NOW,
            text=answers_given(case, answers, now=doing.now),
            evidence=frozenset({Evidence.PART_ANSWERS}),
            data={"certificates": codes},
            changes={"result": Result.EXPLAINED},
        )

    case = take(case_id, doing, Later(Action.ANSWER_NOW, move))
    notify.tell(case, "case_done", now=doing.now)
    return case
