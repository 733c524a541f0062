"""Take a step of the path: on, over others, back, or a new date for the same one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction

from onegrid.cases.actions import Doing
from onegrid.common.refusals import Invalid
from onegrid.estates import path, standing
from onegrid.estates.actions.locked import done_before, in_charge, insert, long, past, to_change
from onegrid.estates.actions.registering import statement
from onegrid.estates.models import Agreement, Estate, Step
from onegrid.estates.path import Numbers
from onegrid.estates.terms import SERVED, About, Deed, Form, PathStage, ServiceKind

#: largest number of owners or square metres
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class StepGiven:
    """A step as it is typed.

    Attributes:
        day: on which it happened.
        due_on, person_id: of what comes next.
        reason: why steps are left out, why back, why another date.
        form, joined_ids: what was chosen, and with which estates they join.
        kind: of service from now on, when it begins and when it ends.
    """

    stage: str
    day: date
    due_on: date | None = None
    person_id: UUID | None = None
    note: str = ""
    reason: str = ""
    form: str = ""
    joined_ids: Collection[UUID] = field(default_factory=tuple)
    agreement: Numbers | None = None
    kind: str = ""


@transaction.atomic
def take_step(*, estate_id: UUID, doing: Doing, given: StepGiven) -> None:
    """Write a step and let the estate stand where it leads; the same key again changes nothing.

    Raises:
        NotFound, Forbidden: as `to_change`.
        Invalid, TooLarge: what this step needs is missing or cannot be.
    """
    row = to_change(estate_id, doing)
    if done_before(Step, doing, estate_id=row.id) is not None:
        return
    if given.stage not in PathStage.values:
        raise Invalid("estate.stage", field="stage")
    deed = path.deed_of(row.stage, given.stage)
    step = _step(row, doing, given, deed)
    kind = _kind(row, given)
    insert(step)
    if given.stage == PathStage.AGREED and deed is not Deed.KEEP:
        _write_agreement(step, given.agreement)
    if kind and kind != row.kind:
        who = doing.viewer.name
        insert(statement(row, doing, About.KIND, kind, since=given.day, source=who))
        row.kind = kind
    if deed is not Deed.KEEP:
        row.stage, row.stage_on = given.stage, given.day
    row.due_on, row.person_id, row.person_name = step.due_on, step.person_id, step.person_name
    row.save()


def _step(row: Estate, doing: Doing, given: StepGiven, deed: Deed) -> Step:
    """Return the step, checked, not written yet."""
    day = past(given.day, doing, field="day")
    if day < row.stage_on:
        raise Invalid("estate.day_early", field="day", day=row.stage_on.isoformat())
    reason = long(given.reason, field="reason")
    short_of = given.stage == PathStage.AGREED and given.agreement and not given.agreement.carried
    if not reason and (deed in path.REASONED or short_of):
        raise Invalid("estate.not_carried" if short_of else "estate.reason", field="reason")
    due = _due(given, day)
    person_id, person_name = in_charge(given.person_id, row.community_id, doing)
    form = given.form if given.stage == PathStage.FORM and deed is not Deed.KEEP else ""
    return Step(
        id=doing.key,
        estate=row,
        deed=deed,
        before=row.stage,
        stage=given.stage,
        day=day,
        due_on=due,
        person_id=person_id,
        person_name=person_name,
        note=long(given.note, field="note"),
        reason=reason,
        form=_form(form, given, deed),
        joined_ids=_joined(row, doing, given, form),
        at=doing.now,
        by_id=doing.viewer.user_id,
        by_name=doing.viewer.name,
    )


def _due(given: StepGiven, day: date) -> date | None:
    if path.after(given.stage) is None:
        return None
    if given.due_on is None or given.due_on <= day:
        raise Invalid("estate.due", field="due")
    return given.due_on


def _form(form: str, given: StepGiven, deed: Deed) -> str:
    if given.stage == PathStage.FORM and deed is not Deed.KEEP and form not in Form.values:
        raise Invalid("estate.form", field="form")
    return form


def _joined(row: Estate, doing: Doing, given: StepGiven, form: str) -> list[UUID]:
    if form != Form.JOINED:
        return []
    wanted = set(given.joined_ids) - {row.id}
    seen = Estate.objects.filter(standing.visible(doing.viewer), pk__in=wanted)
    found = sorted(seen.values_list("id", flat=True))
    if not found or len(found) != len(wanted):
        raise Invalid("estate.joined", field="joined")
    return found


def _kind(row: Estate, given: StepGiven) -> str:
    """Return the kind of service from this step on; empty when it does not change anything.

    Raises:
        Invalid: service begins or ends, and it is not said which there is now.
    """
    begins = given.stage in SERVED and row.stage not in SERVED
    ends = given.stage not in SERVED and row.stage in SERVED
    if not begins and not ends:
        return ""
    if given.kind not in ServiceKind.values or (begins and given.kind == ServiceKind.NONE):
        raise Invalid("estate.kind", field="kind")
    return given.kind


def _write_agreement(step: Step, given: Numbers | None) -> None:
    if given is None:
        raise Invalid("estate.numbers", field="owners")
    for (everybody, took, agreed), field_name in zip(
        given.counted, ("owners", "area"), strict=False
    ):
        if not 0 <= agreed <= took <= everybody <= _MOST or everybody == 0:
            raise Invalid("estate.numbers", field=field_name)
    Agreement.objects.create(step=step, **asdict(given))
