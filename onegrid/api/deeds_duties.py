"""Actions about duties: the answer to a request for an abolished certificate."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from onegrid.api.bodies import Answers
from onegrid.api.deed import Deed
from onegrid.api.endpoints import unit_by_code
from onegrid.api.schemas import Text
from onegrid.cases.actions.certificates import answer_certificate
from onegrid.core.flow import Action


class AnswerCertificate(Answers):
    """An answer to each matter, and who still asks for the certificate."""

    unit: Text = Field("", description="Code of a unit, see GET /units.")
    outside: Text = Field("", max_length=60, description="Somebody who is none of our units.")


def _answered(body: AnswerCertificate) -> dict[str, Any]:
    unit = unit_by_code(body.unit).id if body.unit else None
    return {"answers": body.answers, "unit_id": unit, "outside": body.outside}


DUTY_DEEDS: tuple[Deed, ...] = (
    Deed(
        "answer_certificate",
        "Answer a request for an abolished certificate",
        answer_certificate,
        AnswerCertificate,
        _answered,
        steps=(Action.ANSWER_NOW,),
    ),
)
