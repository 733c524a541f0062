"""S18, S20, S21, S22, N2: cases are worked on by the lists of duties, and routed by rules."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions, routing
from onegrid.cases.actions.certificates import answer_certificate
from onegrid.cases.models import Ask, Case, CertificateAsk, Step
from onegrid.common.refusals import Conflict, Invalid
from onegrid.core.routing import Why
from onegrid.duties import actions as duties
from onegrid.duties import queries
from onegrid.duties.actions import RuleGiven
from tests.county import Town, doing, report
from tests.web.staff import browser, forward, post, travel, words

CLERK, DISPATCHER = Role.COMMUNITY_CLERK, Role.DISPATCHER


def classified(
    town: Town, item: str, category: str = "order.stalls", text: str = "校门口摊贩占道"
) -> Case:
    receipt = report(town, category=category, text=text)
    actions.start_triage(case_id=receipt.case_id, doing=doing(town, CLERK))
    return actions.classify(
        case_id=receipt.case_id,
        doing=doing(town, CLERK),
        case_class="general",
        category_code=category,
        item_code=item,
    )


def ruled(town: Town, *rules: RuleGiven) -> None:
    duties.make_draft(by=None, now=town.now)
    duties.set_rules(rules=rules)
    duties.note_trial(cases=0, elsewhere=0, now=town.now)
    duties.publish(now=town.now)


def test_s20_every_case_cites_an_item_or_is_flagged_no_item(listed: Town) -> None:
    cited, bare = classified(listed, "S-09-04"), classified(listed, "")
    clerk = browser(listed, CLERK)
    with travel(listed.now):
        with_item = words(clerk.get(f"/desk/case/{cited.number}/"))
        without = words(clerk.get(f"/desk/case/{bare.number}/"))
    assert "S-09-04 占道经营的巡查和劝导" in with_item and "no item" not in with_item
    assert "No item of the lists" in without or "未引用" in without
    step = Step.objects.get(case_id=cited.pk, action="classify")
    assert (step.data["item"], step.data["item_before"]) == ("S-09-04", "")


def test_s20_an_unknown_item_is_refused_and_changes_nothing(listed: Town) -> None:
    with pytest.raises(Invalid) as refused:
        classified(listed, "S-99-99")
    assert (refused.value.code, refused.value.field) == ("case.item_unknown", "item")
    assert Case.objects.get().state == "triage"


def test_s18_the_item_stays_the_one_of_its_version(listed: Town) -> None:
    case = classified(listed, "S-09-04")
    before = queries.item(case.item_id)
    actions.reclassify(
        case_id=case.pk, doing=doing(listed, CLERK), case_class="major",
        category_code="order.stalls", text="涉及学校门口",
    )  # fmt: skip
    assert queries.item(Case.objects.get(pk=case.pk).item_id) == before
    actions.reclassify(
        case_id=case.pk, doing=doing(listed, CLERK), case_class="major",
        category_code="order.stalls", text="不在清单内", item_code="",
    )  # fmt: skip
    assert Case.objects.get(pk=case.pk).item_id is None


def test_s18_a_case_is_routed_by_its_item_and_the_step_keeps_rule_and_version(
    listed: Town,
) -> None:
    ruled(
        listed,
        RuleGiven(target="community", why="邻里小事归社区", category_code="conflict"),
        RuleGiven(target="item", why="清单事项归责任单位"),
    )
    case = classified(listed, "S-09-04")
    found = routing.propose(case, now=listed.now)
    assert found.unit is not None and found.unit.code == "urban_management"
    assert [(one.rule.position, one.why) for one in found.passed] == [(1, Why.CATEGORY)]
    actions.dispatch(
        case_id=case.pk, doing=doing(listed, CLERK), unit_id=listed.units["urban_management"]
    )
    step = Step.objects.get(case_id=case.pk, action="dispatch")
    assert step.data["rules"] == {
        "version": 1, "rule": {"number": 2, "why": "清单事项归责任单位"}, "followed": True,
    }  # fmt: skip


def test_n2_the_dispatch_panel_preselects_the_proposed_unit_and_says_why(
    listed: Town,
) -> None:
    ruled(
        listed,
        RuleGiven(
            target="unit", unit_id=listed.units["police"], why="夜间归派出所", words=("夜里",)
        ),
        RuleGiven(target="item", why="清单事项归责任单位"),
    )
    case = classified(listed, "S-09-04")
    clerk = browser(listed, CLERK)
    with travel(listed.now):
        page = clerk.get(f"/desk/case/{case.number}/")
    panel = next(one for one in page.context["panels"] if one.name == "dispatch")
    assert panel.fields[0].value == str(listed.units["urban_management"])
    assert "夜间归派出所" in words(page) and "清单事项归责任单位" in words(page)


def test_n2_no_rule_that_holds_is_said_and_never_passed_over(listed: Town) -> None:
    ruled(listed, RuleGiven(target="community", why="只管纠纷", category_code="conflict"))
    case = classified(listed, "S-09-04")
    found = routing.propose(case, now=listed.now)
    assert (found.rule, found.unit, len(found.passed)) == (None, None, 1)
    actions.dispatch(
        case_id=case.pk, doing=doing(listed, CLERK), unit_id=listed.units["urban_management"]
    )
    step = Step.objects.get(case_id=case.pk, action="dispatch")
    assert step.data["rules"] == {"version": 1, "rule": None, "followed": False}
    with travel(listed.now):
        page = browser(listed, DISPATCHER).get(f"/desk/case/{case.number}/")
    assert page.status_code == 200
    assert "1" in words(page)


def test_n2_rules_ask_area_words_and_hours(listed: Town) -> None:
    unit = listed.units
    ruled(
        listed,
        RuleGiven(target="street", why="没有街道办的地方", category_code="order"),
        RuleGiven(target="community", why="二社区自管", area_id=listed.areas["C2"]),
        RuleGiven(
            target="unit",
            unit_id=unit["police"],
            why="夜间出警",
            hours="outside",
            calendar="office",
        ),
        RuleGiven(target="unit", unit_id=unit["water_bureau"], why="提到河道", words=("河道",)),
        RuleGiven(target="category", why="按分类"),
    )
    case = classified(listed, "")
    by_day = routing.propose(case, now=listed.now)
    assert [one.why for one in by_day.passed] == [Why.NO_UNIT, Why.AREA, Why.HOURS, Why.WORDS]
    assert by_day.unit is not None and by_day.unit.code == "urban_management"
    by_night = routing.propose(case, now=listed.now + timedelta(hours=14))
    assert by_night.unit is not None and by_night.unit.code == "police"
    assert by_night.unasked == 2


def test_s22_a_duty_of_a_department_goes_to_a_community_only_with_an_item_and_a_reason(
    listed: Town,
) -> None:
    case = classified(listed, "S-09-04")

    def send(**more: str) -> Case:
        return actions.dispatch(
            case_id=case.pk,
            doing=doing(listed, CLERK),
            unit_id=listed.units["community-C1"],
            **more,
        )

    with pytest.raises(Invalid) as refused:
        send(text="社区先去看看")
    assert (refused.value.code, refused.value.field) == ("case.push_needs_item", "pushed_item")
    with pytest.raises(Invalid) as refused:
        send(text="社区先去看看", pushed_item="S-09-04")
    assert refused.value.code == "case.push_needs_item"
    with pytest.raises(Invalid) as refused:
        send(pushed_item="C-07")
    assert (refused.value.code, refused.value.field) == ("case.push_needs_reason", "text")
    assert Case.objects.get(pk=case.pk).state == "classified"
    send(text="社区先去看看", pushed_item="C-07")
    kept = Step.objects.get(case_id=case.pk, action="dispatch").data["pushed_down"]
    assert (kept["item"], kept["by"]) == ("S-09-04", "C-07")
    with travel(listed.now):
        page = words(browser(listed, CLERK).get(f"/desk/case/{case.number}/"))
    assert "S-09-04" in page and "C-07" in page and "社区先去看看" in page


def test_s22_a_communitys_own_matter_needs_no_justification(listed: Town) -> None:
    case = classified(listed, "C-14", category="conflict.neighbour", text="楼上半夜拖椅子")
    actions.dispatch(
        case_id=case.pk, doing=doing(listed, CLERK), unit_id=listed.units["community-C1"]
    )
    assert "pushed_down" not in Step.objects.get(case_id=case.pk, action="dispatch").data


def test_s21_a_request_for_an_abolished_certificate_is_recognised_and_answered(
    listed: Town,
) -> None:
    text = "民政局让我到社区开单身证明，社区说开不了"
    receipt = report(listed, category="people.social", text=text)
    row = CertificateAsk.objects.get(case_id=receipt.case_id)
    assert row.unit_id == listed.units["civil_affairs"] and row.answered_at is None
    case = Case.objects.get(pk=receipt.case_id)
    clerk = browser(listed, CLERK)
    with travel(listed.now):
        post(clerk, case.number, "start_triage")
        page = clerk.get(f"/desk/case/{case.number}/")
        panel = next(one for one in page.context["panels"] if one.name == "certificate")
        assert "婚姻状况证明" in panel.fields[0].value and "书面承诺" in panel.fields[0].value
        post(clerk, case.number, "certificate", answer_1=panel.fields[0].value,
             outside="某银行县支行")  # fmt: skip
    row.refresh_from_db()
    assert row.answered_at == listed.now and row.outside == "某银行县支行"
    assert Case.objects.get(pk=case.pk).state == "callback"


def test_s21_other_requests_are_not_answered_that_way(listed: Town) -> None:
    receipt = report(listed)
    assert not CertificateAsk.objects.exists()
    actions.start_triage(case_id=receipt.case_id, doing=doing(listed, CLERK))
    with pytest.raises(Conflict) as refused:
        answer_certificate(
            case_id=receipt.case_id, doing=doing(listed, CLERK), answers={1: "已取消"}
        )
    assert refused.value.code == "case.no_certificate"


def test_the_item_is_set_over_the_page_and_a_refused_form_keeps_it(listed: Town) -> None:
    case = forward(listed, until="triage", category="order.stalls")
    clerk = browser(listed, CLERK)
    with travel(listed.now):
        page = post(clerk, case.number, "classify", case_class="", category="order.stalls",
                    item="S-09-04", key=str(uuid4()))  # fmt: skip
        assert page.status_code == 422
        assert '<option value="S-09-04" selected>' in page.content.decode()
        post(clerk, case.number, "classify", case_class="general", category="order.stalls",
             item="S-09-04")  # fmt: skip
    item = queries.item(Case.objects.get(pk=case.pk).item_id)
    assert item is not None and item.code == "S-09-04"


def test_s20_a_grid_worker_cites_a_grid_matter_when_solving_on_the_spot(listed: Town) -> None:
    case = forward(listed, until="registered", category="clean.rubbish", text="楼道卫生差")
    worker = browser(listed, Role.GRID_WORKER)
    with travel(listed.now + timedelta(minutes=9)):
        post(worker, case.number, "on_spot", base="/work/", category="clean.rubbish",
             item="C-07", answer_1="已当场清扫")  # fmt: skip
    item = queries.item(Case.objects.get(pk=case.pk).item_id)
    assert item is not None and item.code == "C-07"


def test_n2_a_return_cites_an_item_of_the_lists(listed: Town) -> None:
    case = forward(listed, until="dispatched", category="order.stalls", text="校门口摊贩占道")
    member = browser(listed, Role.UNIT_MEMBER)
    with travel(listed.now + timedelta(minutes=9)):
        page = member.get(f"/desk/case/{case.number}/")
        panel = next(one for one in page.context["panels"] if one.name == "ask_return")
        item = panel.fields[1].choices[0][0]
        assert item.startswith("S-09-04 ")
        post(member, case.number, "ask_return", text="占道不归水利", item=item,
             unit=str(listed.units["urban_management"]))  # fmt: skip
    assert Ask.objects.get(case_id=case.pk).item == item
