"""Helping units of a case that is answered with the one it was merged into."""

from __future__ import annotations

from onegrid.cases import actions, standing
from onegrid.cases.actions import CoUnitGiven
from onegrid.cases.models import Case, CoUnit
from onegrid.core.flow import State
from tests.county import Town
from tests.flows.reach import ANSWERS, CENTRE, CLERK, WATER, Story, later
from tests.flows.sharing import member


def test_who_has_reported_still_helps_and_who_has_not_is_released(town: Town) -> None:
    city, power = town.units["urban_management"], town.units["power_company"]
    story = later(town)
    story.then(CLERK, actions.classify, case_class="general", category_code="water.leak")
    helpers = (CoUnitGiven(city, "封路"), CoUnitGiven(power, "断电"))
    unit = town.units[WATER.code]
    story.then(CENTRE, actions.dispatch, unit_id=unit, co_units=helpers)
    helper = member(town, "urban_management")
    by = story.case.changed_at
    actions.co_report(
        case_id=story.case.pk, doing=actions.Doing(helper, by, story.case.pk), text="已封路"
    )
    leading = Case.objects.exclude(pk=story.case.pk).get()
    story.then(CLERK, actions.merge, into=leading.pk)
    Story(town, leading).then(CLERK, actions.start_triage).then(
        CLERK, actions.answer_now, answers=ANSWERS
    )
    case = Case.objects.get(pk=story.case.pk)
    assert (case.state, case.co_unit_ids) == (State.CALLBACK, [city])
    rows = CoUnit.objects.filter(case_id=case.pk, released_at__isnull=True)
    assert [row.unit_id for row in rows] == [city]
    assert standing.reaches(helper, case)
