"""The hotline regulation of Weifang, article by article: what it asks for, the product does.

One test per article that speaks of handling (10, 11, 13 to 15 together, 17 to 27, 29 to 31; the
text of 12, 16 and 28 was not at hand). The text is not copied:
each docstring says in our words what is asked. Numbers come from the rules in force.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases import actions, lawful, queries, standing
from onegrid.cases.actions import Place, Request, VerdictGiven
from onegrid.cases.actions.law import amend
from onegrid.cases.models import Case, Clock, Step, Supervision
from onegrid.cases.queries.reaching import hides
from onegrid.cases.queries.reporter import case_of_reporter, progress
from onegrid.cases.queries.texts import standard_texts
from onegrid.cases.terms import RefusalReason
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.clock import ClockKind
from onegrid.core.flow import State
from onegrid.duties import queries as duties
from onegrid.duties.terms import Parameter
from onegrid.reports import queries as reports
from onegrid.starter.build import build
from tests.api.conftest import Api
from tests.county import Town, doing, middle, report
from tests.flows.sharing import ask_return, by, dispatch, member
from tests.flows.test_supervision import answered, called_back, ordered, said_by
from tests.web.staff import browser, forward, travel

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GOOD = VerdictGiven(answered=True, solved="yes", satisfied="yes")
BAD = VerdictGiven(answered=True, solved="no", satisfied="no", reason="还在漏水")
ANSWER = {1: "已更换水管阀门，现场不再漏水"}
REGULATION = "潍坊市12345政务服务便民热线条例"


def opened(
    town: Town, kind: str, *, at: timedelta = timedelta(0), confidential: bool = False
) -> Case:
    lon, lat = middle(0, 0)
    request = Request(
        text="楼下水管漏水，已经两天了", place=Place(lon=lon, lat=lat), kind=kind,
        category_code="water.leak", confidential=confidential,
    )  # fmt: skip
    receipt = actions.open_case(
        viewer=town.viewer(Role.RESIDENT), request=request, now=town.now + at, key=uuid4()
    )
    return Case.objects.get(pk=receipt.case_id)


def legal(case: Case) -> Clock:
    return Clock.objects.get(case_id=case.pk, kind=ClockKind.LEGAL, round=case.round)


def test_every_article_has_a_row_with_text_and_day_in_force(town: Town) -> None:
    """Law as data: articles 10, 11, 13 to 15, 17 to 27 and 29 to 31 stand in the county's rules."""
    rows = [row for row in duties.law_rules() if row.regulation == REGULATION]
    assert [row.article for row in rows] == [10, 11, 13, *range(17, 28), 29, 30, 31]
    assert all(row.text and row.title and row.holds(town.now.date()) for row in rows)
    build(now=town.now)
    assert [row for row in duties.law_rules() if row.regulation == REGULATION] == rows


def test_art_10_a_matter_is_an_inquiry_a_request_a_suggestion_or_a_complaint(town: Town) -> None:
    """Four kinds are taken; whatever is none of them is refused with the field."""
    for kind in ("inquiry", "help", "suggestion", "complaint", "whistle"):
        assert opened(town, kind).kind == kind
    with pytest.raises(Invalid) as refused:
        opened(town, "rumour")
    assert refused.value.field == "kind"


def test_art_11_who_reports_wrongdoing_is_known_to_the_centre_only(town: Town) -> None:
    """The handling unit does not learn who asked for confidence; the county centre may call."""
    case = opened(town, "whistle", confidential=True)
    assert hides(town.viewer(Role.COMMUNITY_CLERK), case)
    assert hides(town.viewer(Role.UNIT_MEMBER), case)
    assert not hides(town.viewer(Role.DISPATCHER), case)


def test_arts_13_to_15_the_reporter_sees_progress_result_and_reason_and_rates(town: Town) -> None:
    """Progress at every step, the answer, why something is refused, and a verdict that stands."""
    resident = town.viewer(Role.RESIDENT)
    case = called_back(town)
    seen = case_of_reporter(resident, case_id=case.pk, now=case.changed_at)
    states = [mark.to_state for mark in progress(resident, case_ids=[case.pk])[case.pk]]
    assert states[0] == State.REGISTERED and states[-1] == State.CALLBACK
    assert [part.answer for part in seen.parts] == [ANSWER[1]]
    rated = actions.give_verdict(
        case_id=case.pk, doing=doing(town, Role.RESIDENT, case.changed_at + HOUR), verdict=BAD
    )
    assert rated.state == State.REOPEN_REQ
    other = forward(town, until="triage")
    clerk = doing(town, Role.COMMUNITY_CLERK, town.now + HOUR)
    actions.refuse(case_id=other.pk, doing=clerk, reason="court", text="已进入诉讼，请向法院咨询")
    told = case_of_reporter(resident, case_id=other.pk, now=town.now + HOUR)
    assert "已进入诉讼，请向法院咨询" in [step.text for step in told.steps]


def test_art_17_requests_are_taken_day_and_night_with_a_receipt_at_once(town: Town) -> None:
    """At three in the morning too: number and query code come in the same moment."""
    for hour in (0, 9, 18):
        receipt = report(town, at=town.now + hour * HOUR)
        assert receipt.number and receipt.token and receipt.due_at is not None


def test_art_18_what_can_be_answered_at_once_needs_no_unit(town: Town) -> None:
    case = opened(town, "inquiry")
    actions.start_triage(case_id=case.pk, doing=doing(town, Role.COMMUNITY_CLERK))
    done = actions.answer_now(
        case_id=case.pk,
        doing=doing(town, Role.COMMUNITY_CLERK),
        answers={1: "请带身份证到窗口办理"},
    )
    assert (done.state, done.lead_unit_id) == (State.CALLBACK, None)


def test_art_19_a_refusal_has_one_of_five_reasons_and_names_the_right_way(town: Town) -> None:
    assert len(RefusalReason.values) == 5
    case = forward(town, until="triage")
    clerk = doing(town, Role.COMMUNITY_CLERK, town.now + HOUR)
    with pytest.raises(Invalid):
        actions.refuse(case_id=case.pk, doing=clerk, reason="busy", text="请找物业")
    with pytest.raises(Invalid):
        actions.refuse(case_id=case.pk, doing=clerk, reason="court", text=" ")
    done = actions.refuse(
        case_id=case.pk, doing=clerk, reason="court", text="已进入诉讼，请向法院咨询"
    )
    assert done.state == State.NOT_ACCEPTED


def test_art_20_five_working_days_from_the_rule_in_force_and_a_change_spares_running_cases(
    town: Town,
) -> None:
    """The limit is the rule's number of working days; more time needs a reason and another person."""
    case = forward(town, until="in_progress")
    assert legal(case).policy.working_days == 5
    before = legal(case).due_at
    rule = next(row for row in duties.law_rules() if row.parameter == Parameter.LEGAL_DAYS)
    amend(rule_id=rule.id, text="三个工作日内办结。", amount=3,
          valid_from=(town.now + DAY).date())  # fmt: skip
    actions.note(
        case_id=case.pk, doing=doing(town, Role.UNIT_MEMBER, town.now + 2 * DAY), text="记"
    )
    assert legal(case).due_at == before
    later = forward(town, until="in_progress", at=town.now + 2 * DAY)
    assert legal(later).policy.working_days == 3
    asked = actions.ask_extension(
        case_id=later.pk, doing=doing(town, Role.UNIT_MEMBER, later.changed_at + MINUTE),
        minutes=20, text="阀门要从县城送来",
    )  # fmt: skip
    with pytest.raises(Forbidden):
        actions.decide_extension(
            case_id=later.pk, doing=doing(town, Role.UNIT_MEMBER, asked.changed_at + MINUTE),
            ok=True, text="同意",
        )  # fmt: skip


def test_art_21_ending_without_a_solution_needs_written_approval_of_another_person(
    town: Town,
) -> None:
    case = forward(town, until="in_progress")
    unit = doing(town, Role.UNIT_MEMBER, case.changed_at + MINUTE)
    with pytest.raises(Conflict) as refused:
        actions.finish(case_id=case.pk, doing=unit, result="explained", answers=ANSWER)
    assert refused.value.code == "ending.needs_approval"
    case = actions.ask_ending(case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case),
                              text="产权单位已注销，无法维修")  # fmt: skip
    actions.decide_ending(case_id=case.pk, doing=said_by(town, Role.DISPATCHER, case), ok=True,
                          text="同意终止，转入改造计划")  # fmt: skip
    done = actions.finish(
        case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case), result="explained",
        answers=ANSWER,
    )  # fmt: skip
    assert done.result == "explained"


def test_art_22_a_return_names_the_duty_and_a_designated_unit_may_not_return(town: Town) -> None:
    case = forward(town, until="dispatched")
    with pytest.raises(Invalid):
        actions.ask_return(case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case), text="不归我们",
                           item=" ", unit_id=town.units["urban_management"])  # fmt: skip
    ask_return(town, case, Role.UNIT_MEMBER, 10 * MINUTE)
    actions.put_to_ruling(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 11 * MINUTE), text="有争议"
    )
    actions.designate(
        case_id=case.pk, doing=by(town, Role.SUPERVISOR, 12 * MINUTE),
        unit_id=town.units["urban_management"], text="由执法局牵头",
    )  # fmt: skip
    with pytest.raises(Conflict) as refused:
        ask_return(town, case, member(town, "urban_management"), 13 * MINUTE, to="police")
    assert refused.value.code == "return.designated"


def test_art_22_the_time_for_a_return_is_the_rules(town: Town) -> None:
    late = forward(town, until="dispatched")
    with pytest.raises(Conflict) as refused:
        ask_return(town, late, Role.UNIT_MEMBER, 7 * HOUR)
    assert refused.value.code == "return.too_late"
    rule = next(row for row in duties.law_rules() if row.parameter == Parameter.RETURN_MINUTES)
    amend(rule_id=rule.id, text="派单后十小时。", amount=600, valid_from=(town.now + DAY).date())
    case = forward(town, until="dispatched", at=town.now + 2 * DAY)
    done = ask_return(town, case, Role.UNIT_MEMBER, 2 * DAY + 7 * HOUR)
    assert done.state == State.RETURN_REQ


def test_art_23_what_stays_unsolved_is_studied_by_the_government_office(town: Town) -> None:
    """The third time it is not enough that the unit tries again: the office studies it first."""
    case = called_back(town)
    for _round in (1, 2):
        actions.give_verdict(case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=BAD)
        actions.decide_reopen(case_id=case.pk, doing=said_by(town, Role.STREET_OFFICER, case), ok=True,
                              text="退回重办")  # fmt: skip
        dispatch(town, case, "water_bureau", _since(town, case))
        actions.accept(case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case))
        actions.start(case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case), text="再次联系")
        done = actions.finish(case_id=case.pk, doing=said_by(town, Role.UNIT_MEMBER, case),
                              result="solved", answers=ANSWER)  # fmt: skip
        if done.state == State.VERIFY:
            actions.verify(case_id=case.pk, doing=said_by(town, Role.GRID_WORKER, case), ok=True,
                           text="现场看过")  # fmt: skip
    actions.give_verdict(case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=BAD)
    with pytest.raises(Conflict) as refused:
        actions.decide_reopen(case_id=case.pk, doing=said_by(town, Role.STREET_OFFICER, case), ok=True,
                              text="再办")  # fmt: skip
    assert refused.value.code == "reopen.needs_study"
    at = Case.objects.get(pk=case.pk).changed_at
    actions.record_meeting(
        case_id=case.pk, doing=doing(town, Role.DISPATCHER, at + MINUTE), kind="office", held_at=at,
        unit_ids=(town.units["water_bureau"],), minutes="县府办召集研究", ruling="列入管网改造",
    )  # fmt: skip
    again = actions.decide_reopen(
        case_id=case.pk,
        doing=said_by(town, Role.STREET_OFFICER, case),
        ok=True,
        text="按研究意见办",
    )
    assert again.state == State.REOPENED


def _since(town: Town, case: Case) -> timedelta:
    return Case.objects.get(pk=case.pk).changed_at - town.now + MINUTE


def test_art_24_a_department_s_duty_is_not_pushed_down_without_a_basis(listed: Town) -> None:
    receipt = report(listed, category="order.stalls", text="校门口摊贩占道")
    clerk = Role.COMMUNITY_CLERK
    actions.start_triage(case_id=receipt.case_id, doing=doing(listed, clerk))
    actions.classify(
        case_id=receipt.case_id, doing=doing(listed, clerk), case_class="general",
        category_code="order.stalls", item_code="S-09-04",
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        actions.dispatch(
            case_id=receipt.case_id, doing=doing(listed, clerk), text="社区去",
            unit_id=listed.units["community-C1"],
        )  # fmt: skip
    assert refused.value.code == "case.push_needs_item"


def test_art_25_the_resident_is_called_back_and_the_verdict_counts(town: Town) -> None:
    """Not by whoever handled it; the tries and days before "unreachable" are the rule's."""
    case = called_back(town)
    due = Clock.objects.get(case_id=case.pk, kind=ClockKind.CALLBACK)
    assert due.policy.working_days == lawful.amount(
        case, Parameter.CALLBACK_WORKING_DAYS, now=town.now
    )
    assert "caller" not in standing.relations(town.viewer(Role.UNIT_MEMBER), case)
    rule = next(row for row in duties.law_rules() if row.parameter == Parameter.CALLBACK_TRIES)
    amend(rule_id=rule.id, text="两次。", amount=2, valid_from=(town.now + DAY).date())
    states = [
        actions.log_callback(
            case_id=case.pk,
            doing=doing(town, Role.CALLBACK_AGENT, case.changed_at + wait),
            note="无人接",
        ).state
        for wait in (HOUR, DAY, DAY + HOUR)
    ]
    assert states == [State.CALLBACK, State.CALLBACK, State.CLOSED]
    later = called_back(town, at=town.now + 2 * DAY)
    assert lawful.amount(later, Parameter.CALLBACK_TRIES, now=later.changed_at) == 2


def test_art_26_a_case_under_supervision_does_not_close_before_the_reply_is_accepted(
    town: Town,
) -> None:
    case = called_back(town)
    row = ordered(town, case)
    assert (row.kind, row.trigger) == ("listed", 5)
    with pytest.raises(Invalid):
        ordered(town, case, trigger=6)
    kept = actions.give_verdict(
        case_id=case.pk, doing=said_by(town, Role.RESIDENT, case), verdict=GOOD
    )
    assert kept.state == State.CALLBACK
    answered(town, case)
    assert Case.objects.get(pk=case.pk).state == State.CLOSED
    assert Supervision.objects.get(pk=row.pk).state == "settled"


def test_art_27_the_figures_of_an_assessment_come_from_the_steps(listed: Town) -> None:
    """What a unit did is counted from its cases; nobody types it in."""
    for _n in range(3):
        called_back(listed)
    found = reports.compute(batch="", now=listed.now + DAY)
    assert (found.everything.opened, found.everything.answered) == (3, 3)
    with travel(listed.now + 2 * HOUR):
        sent = browser(listed, Role.SUPERVISOR).get("/desk/duties/shares.xlsx")
    row = list(load_workbook(BytesIO(sent.content)).active.iter_rows(values_only=True))[1]
    assert row[0] == "县水利局" and row[1] == 3


def test_art_29_matters_are_counted_and_analysed_by_category(town: Town) -> None:
    for _n in range(2):
        report(town)
    report(town, category="clean.rubbish", text="垃圾没人清")
    found = reports.compute(batch="", now=town.now + DAY)
    assert [(line.key, line.opened) for line in found.categories] == [
        ("water.leak", 2), ("clean.rubbish", 1),
    ]  # fmt: skip


def test_art_30_other_systems_read_the_handling_over_the_interface(town: Town) -> None:
    case = forward(town, until="dispatched")
    from django.test import Client

    api = Api(town, Client())
    with travel(town.now + HOUR):
        token = api.token(Role.UNIT_MEMBER, TokenScope.READ)
        seen = api.send("GET", f"/cases/{case.number}", token=token)
        assert api.send("GET", f"/cases/{case.number}").status_code == 401
    assert (seen.status_code, seen.json()["state"]) == (200, "dispatched")


def test_art_31_prepared_answers_are_kept_and_offered(town: Town) -> None:
    case = forward(town, until="in_progress")
    viewer = town.viewer(Role.UNIT_MEMBER)
    rows = standard_texts(viewer, case=case, action="finish")
    assert rows and all(row.title and row.body for row in rows)


def test_a_change_of_law_holds_for_cases_dispatched_after_its_day_only(town: Town) -> None:
    """Every number of the rules: a running case keeps the version of its dispatch."""
    early = forward(town, until="dispatched")
    numbers = {row.parameter: row for row in duties.law_rules() if row.parameter}
    assert set(numbers) == set(Parameter.values)
    day = (town.now + DAY).date()
    for row in numbers.values():
        amend(rule_id=row.id, text=row.text, amount=(row.amount or 0) + 1, valid_from=day)
    later = forward(town, until="dispatched", at=town.now + 2 * DAY)
    now = town.now + 3 * DAY
    for parameter, row in numbers.items():
        assert row.amount is not None
        assert lawful.amount(early, Parameter(parameter), now=now) == row.amount
        assert lawful.amount(later, Parameter(parameter), now=now) == row.amount + 1


def test_the_promises_of_a_new_county_agree_with_its_rules(town: Town) -> None:
    case = forward(town, until="dispatched")
    found = {one.kind: one for one in queries.case_detail(
        town.viewer(Role.DISPATCHER), case_id=case.pk, now=town.now + HOUR).clocks}  # fmt: skip
    assert "第二十条" in found[ClockKind.LEGAL].basis
    assert legal(case).policy.working_days == duties.amount(
        Parameter.LEGAL_DAYS, on=town.now.date()
    )
    assert Step.objects.filter(case_id=case.pk, action="dispatch").count() == 1
