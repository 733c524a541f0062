"""Cases with another body: case-workflow state ``external``."""

from __future__ import annotations

import pytest

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, queries
from onegrid.cases.actions import CoUnitGiven
from onegrid.cases.models import Case
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.clock import ClockKind, ClockState
from onegrid.notices.models import Outbox
from tests.county import COUNTY, Town
from tests.flows.sharing import HOUR, MINUTE, again, by, dispatch, last, reading
from tests.web.staff import forward

BODY = "市住房公积金管理中心"


def hand_over(town: Town, case: Case, **wrong: str) -> Case:
    given = {"body": BODY, "reference": "GJJ-2026-17", "text": "属于公积金提取政策", **wrong}
    return actions.hand_over(
        case_id=case.pk,
        doing=by(town, Role.DISPATCHER, 10 * MINUTE),
        body=given["body"],
        reference=given["reference"],
        text=given["text"],
    )


@pytest.mark.parametrize("state", ["classified", "dispatched", "accepted", "in_progress"])
def test_a_case_is_handed_over_with_name_and_reference_and_the_resident_is_told(
    town: Town, state: str
) -> None:
    case = forward(town, until=state, phone="13900000004")
    done = hand_over(town, case)
    assert (done.state, done.lead_unit_id) == ("external", None)
    view = queries.case_detail(town.viewer(Role.RESIDENT), case_id=case.pk, now=town.now + HOUR)
    external = queries.sharing(view).external
    assert external is not None
    assert (external.body, external.reference) == (BODY, "GJJ-2026-17")
    assert Outbox.objects.get(template="case_handed_over").params["body"] == BODY
    solution = reading(case, ClockKind.SOLUTION, town.now + HOUR)
    assert (solution.state, solution.elapsed_working) == (ClockState.OVERDUE, HOUR)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"body": " "}, "external.body"),
        ({"body": "长" * 61}, "external.body"),
        ({"reference": "1" * 65}, "external.reference"),
        ({"text": ""}, "case.missing.text"),
    ],
)
def test_without_a_name_or_a_reason_nothing_is_handed_over(
    town: Town, wrong: dict[str, str], code: str
) -> None:
    case = forward(town, until="classified")
    with pytest.raises(Invalid) as caught:
        hand_over(town, case, **wrong)
    assert caught.value.code == code
    assert again(case).state == "classified"


def test_a_unit_does_not_hand_over(town: Town) -> None:
    case = forward(town, until="in_progress")
    with pytest.raises(Forbidden):
        actions.hand_over(
            case_id=case.pk, doing=by(town, Role.UNIT_MEMBER, MINUTE), body=BODY, text="不归我们"
        )


def test_news_are_written_down_and_the_case_stays(town: Town) -> None:
    case = hand_over(town, forward(town, until="classified"))
    news = "中心答复：材料已受理，五个工作日办结"
    done = actions.external_news(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 20 * MINUTE), text=news
    )
    assert (done.state, last(case).text) == ("external", news)


def test_a_case_taken_back_is_dispatched_again(town: Town) -> None:
    case = hand_over(town, forward(town, until="in_progress"))
    done = actions.take_back(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 20 * MINUTE), text="中心答复不属于其职责"
    )
    assert (done.state, done.lead_unit_id) == ("classified", None)
    assert dispatch(town, case, "housing_bureau", 21 * MINUTE).state == "dispatched"


def test_the_answer_of_the_other_body_goes_to_call_back(town: Town) -> None:
    case = hand_over(town, forward(town, until="in_progress", phone="13900000004"))
    with pytest.raises(Invalid) as caught:
        actions.external_done(
            case_id=case.pk, doing=by(town, Role.DISPATCHER, HOUR), result="solved", answers={}
        )
    assert caught.value.field == "answer_1"
    done = actions.external_done(
        case_id=case.pk,
        doing=by(town, Role.DISPATCHER, HOUR),
        result="solved",
        answers={1: "提取款已到账"},
    )
    assert (done.state, done.result) == ("callback", "solved")
    assert Outbox.objects.filter(template="case_done").exists()


def test_the_system_of_the_other_body_reports_and_answers_by_itself(town: Town) -> None:
    case = hand_over(town, forward(town, until="classified"))
    machine = Viewer.system(COUNTY)
    actions.external_news(case_id=case.pk, doing=by(town, machine, 20 * MINUTE), text="已受理")
    done = actions.external_done(
        case_id=case.pk, doing=by(town, machine, HOUR), result="solved", answers={1: "提取款已到账"}
    )
    assert (done.state, last(case).relation) == ("callback", "system")


def test_the_answer_waits_for_the_reports_of_helping_units(town: Town) -> None:
    case = forward(town, until="classified")
    given = (CoUnitGiven(town.units["urban_management"], "现场配合"),)
    dispatch(town, case, "water_bureau", 3 * MINUTE, co_units=given)
    hand_over(town, case)
    with pytest.raises(Conflict) as caught:
        actions.external_done(
            case_id=case.pk, doing=by(town, Role.DISPATCHER, HOUR), result="solved",
            answers={1: "已到账并办结"},
        )  # fmt: skip
    assert caught.value.code == "joint.unreported"
    actions.release_unit(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, HOUR),
        unit_id=town.units["urban_management"], text="不再需要",
    )  # fmt: skip
    done = actions.external_done(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, HOUR), result="solved",
        answers={1: "已到账并办结"},
    )  # fmt: skip
    assert done.state == "callback"
