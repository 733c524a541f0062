"""Steps taken on the page of a case: refused, repeated, too late, or done."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.audit.models import Look
from onegrid.cases import actions
from onegrid.cases.models import Attachment, Case, Plan, Step, Verdict
from tests.county import Town, doing, middle
from tests.web.staff import browser, forward, photo, post, queries_of, steps_of, travel, words

LATER = timedelta(minutes=30)


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_case_goes_from_report_to_closing_over_the_pages(town: Town) -> None:
    case = forward(town, until="registered", phone="13800000001")
    number = case.number
    clerk, member = browser(town, Role.COMMUNITY_CLERK), browser(town, Role.UNIT_MEMBER)
    with travel(town.now + LATER):
        assert post(clerk, number, "start_triage").status_code == 302
        post(clerk, number, "classify", case_class="major", category="water.leak")
        post(clerk, number, "dispatch", unit=str(town.units["water_bureau"]))
        post(member, number, "accept")
        post(member, number, "start", text="已联系，下午到场")
        done = post(
            member, number, "finish", result="solved", answer_1="管道已更换", photos=photo()
        )
        assert done.status_code == 302
        assert again(case).state == "verify"
        post(browser(town, Role.COMMUNITY_SECRETARY), number, "verify", do="yes", text="现场看过")
        caller = browser(town, Role.CALLBACK_AGENT)
        post(caller, number, "callback", answered="yes", solved="yes", satisfied="yes")
    assert again(case).state == "closed"
    assert Attachment.objects.filter(case_id=case.pk, phase="after").count() == 1


def test_a_complex_case_is_planned_with_milestones_on_the_page(town: Town) -> None:
    case = forward(town, until="in_progress", case_class="complex")
    member = browser(town, Role.UNIT_MEMBER)
    fields = {
        "measures": "更换整条老旧管道，分两段施工",
        "owner_name": "李四",
        "title_1": "勘察", "date_1": "2026-03-05",
        "title_2": "施工", "date_2": "2026-03-20",
    }  # fmt: skip
    with travel(town.now + LATER):
        post(member, case.number, "publish_plan", **fields)
        post(member, case.number, "report_milestone", milestone="1", text="已完成勘察")
        page = member.get(f"/desk/case/{case.number}/")
    plan = Plan.objects.get(case_id=case.pk)
    assert [row.title for row in plan.milestones.order_by("n")] == ["勘察", "施工"]
    assert plan.milestones.get(n=1).done_at is not None
    assert "panel-publish_plan" not in page.content.decode()


def test_a_milestone_without_a_date_comes_back_with_everything_typed(town: Town) -> None:
    case = forward(town, until="in_progress", case_class="complex")
    member = browser(town, Role.UNIT_MEMBER)
    with travel(town.now + LATER):
        page = post(member, case.number, "publish_plan", measures="更换整条老旧管道",
                    owner_name="李四", title_1="勘察")  # fmt: skip
    assert page.status_code == 422
    assert 'value="勘察"' in page.content.decode()
    assert "更换整条老旧管道" in page.content.decode()
    assert not Plan.objects.filter(case_id=case.pk).exists()


def test_the_same_form_sent_twice_writes_one_step(town: Town) -> None:
    case = forward(town, until="triage")
    clerk = browser(town, Role.COMMUNITY_CLERK)
    key = str(uuid4())
    fields = {"case_class": "general", "category": "water.leak", "key": key}
    with travel(town.now + LATER):
        first = post(clerk, case.number, "classify", **fields)
        second = post(clerk, case.number, "classify", **fields)
    assert first.status_code == second.status_code == 302
    assert Step.objects.filter(case_id=case.pk, action="classify").count() == 1


def test_an_illegal_step_changes_nothing(town: Town) -> None:
    case = forward(town, until="registered")
    before = steps_of(case)
    clerk = browser(town, Role.COMMUNITY_CLERK)
    with travel(town.now + LATER):
        page = post(clerk, case.number, "finish", result="solved", answer_1="已经处理完毕")
    assert page.status_code == 409
    assert steps_of(case) == before
    assert again(case).state == "registered"


def test_a_step_for_somebody_else_is_refused_with_a_sentence(town: Town) -> None:
    case = forward(town, until="dispatched")
    with travel(town.now + LATER):
        page = post(browser(town, Role.COMMUNITY_CLERK), case.number, "accept")
    assert page.status_code == 403
    assert 'role="alert"' in page.content.decode()
    assert again(case).state == "dispatched"


@pytest.mark.parametrize("panel", ["classify", "note"])
def test_a_case_of_others_cannot_be_acted_on(town: Town, panel: str) -> None:
    case = forward(town, until="registered", point=middle(0, 1))
    with travel(town.now + LATER):
        page = post(browser(town, Role.COMMUNITY_CLERK), case.number, panel, text="看一下")
    assert page.status_code == 404
    assert steps_of(case) == 1


def test_of_two_clerks_at_once_the_second_sees_what_happened_and_keeps_the_words(
    town: Town,
) -> None:
    case = forward(town, until="triage")
    seen = str(case.step_count)
    with travel(town.now + LATER):
        first = post(browser(town, Role.COMMUNITY_CLERK), case.number, "classify", seen=seen,
                     case_class="general", category="water.leak")  # fmt: skip
        second = post(browser(town, Role.COMMUNITY_SECRETARY), case.number, "refuse", seen=seen,
                      reason="court", text="已经在法院起诉，请等待判决")  # fmt: skip
    assert first.status_code == 302
    assert second.status_code == 409
    page = second.content.decode()
    assert 'id="meanwhile"' in page
    assert "已经在法院起诉，请等待判决" in page
    assert again(case).state == "classified"


def test_a_changed_class_is_not_changed_again_unseen(town: Town) -> None:
    case = forward(town, until="dispatched")
    seen = str(case.step_count)
    fields = {"category": "water.leak", "text": "情况变化", "seen": seen}
    with travel(town.now + LATER):
        post(browser(town, Role.COMMUNITY_CLERK), case.number, "reclassify",
             case_class="major", **fields)  # fmt: skip
        second = post(browser(town, Role.COMMUNITY_SECRETARY), case.number, "reclassify",
                      case_class="complex", **fields)  # fmt: skip
    assert second.status_code == 409
    assert again(case).case_class == "major"


def test_a_note_of_a_colleague_does_not_stop_a_step(town: Town) -> None:
    case = forward(town, until="triage")
    seen = str(case.step_count)
    actions.note(case_id=case.pk, doing=doing(town, Role.DISPATCHER, town.now + LATER), text="请快")
    with travel(town.now + LATER):
        done = post(browser(town, Role.COMMUNITY_CLERK), case.number, "classify", seen=seen,
                    case_class="general", category="water.leak")  # fmt: skip
    assert done.status_code == 302


def test_a_standard_text_fills_its_field_with_and_without_script(town: Town) -> None:
    case = forward(town, until="in_progress")
    member = browser(town, Role.UNIT_MEMBER)
    address = f"/desk/case/{case.number}/"
    with travel(town.now + LATER):
        part = member.get(
            f"{address}text/?panel=finish&into=finish-answer_1&finish-standard=done-fixed"
        )
        page = member.post(
            f"{address}act/finish/",
            {
                "key": str(uuid4()),
                "fill": "finish-answer_1",
                "finish-standard": "done-fixed",
                "finish-result": "partly",
            },
        )
    assert 'name="finish-answer_1"' in part.content.decode()
    assert case.address in part.content.decode()
    assert page.status_code == 200
    assert "处理完毕" in page.content.decode()
    assert '<option value="partly" selected>' in page.content.decode()
    assert again(case).state == "in_progress"


def test_the_words_of_a_request_suggest_its_category(town: Town) -> None:
    case = forward(town, until="triage", category="", text="小区门口路灯不亮，晚上很黑")
    with travel(town.now + LATER):
        page = browser(town, Role.COMMUNITY_CLERK).get(f"/desk/case/{case.number}/")
    assert '<option value="power.light" selected>' in page.content.decode()
    assert "路灯" in words(page).split("Suggested" if "Suggested" in words(page) else "建议")[1]


def test_the_unit_is_proposed_with_the_reason(town: Town) -> None:
    case = forward(town, until="classified")
    with travel(town.now + LATER):
        page = browser(town, Role.DISPATCHER).get(f"/desk/case/{case.number}/").content.decode()
    panel = page.split('id="panel-dispatch"')[1].split("</form>")[0]
    assert str(town.units["water_bureau"]) in panel
    assert str(town.units["community-C1"]) in panel
    assert panel.index(str(town.units["water_bureau"])) < panel.index(" checked")


def test_contact_data_is_shown_for_a_purpose_and_written_down(town: Town) -> None:
    case = forward(town, until="in_progress", phone="13812345678")
    member = browser(town, Role.UNIT_MEMBER)
    address = f"/desk/case/{case.number}/"
    with travel(town.now + LATER):
        plain = member.get(address)
        asked = member.post(f"{address}contact/", {"purpose": "contact"})
        idle = member.post(f"{address}contact/", {"purpose": "curious"})
    assert "13812345678" not in plain.content.decode()
    assert "138****5678" in plain.content.decode()
    assert "13812345678" in asked.content.decode()
    assert idle.status_code == 422
    assert "13812345678" not in idle.content.decode()
    assert [row.purpose for row in Look.objects.filter(subject_id=case.pk)] == ["contact"]


def test_a_supervisor_is_not_offered_the_contact(town: Town) -> None:
    case = forward(town, until="in_progress", phone="13812345678")
    client = browser(town, Role.SUPERVISOR)
    with travel(town.now + LATER):
        page = client.get(f"/desk/case/{case.number}/")
        asked = client.post(f"/desk/case/{case.number}/contact/", {"purpose": "contact"})
    assert 'name="purpose"' not in page.content.decode()
    assert asked.status_code == 403
    assert not Look.objects.filter(subject_id=case.pk).exists()


def test_a_call_nobody_answers_is_counted(town: Town) -> None:
    case = forward(town, until="in_progress")
    actions.finish(
        case_id=case.pk,
        doing=doing(town, Role.UNIT_MEMBER, town.now + timedelta(minutes=20)),
        result="solved",
        answers={1: "管道已经更换"},
    )
    if again(case).state == "verify":
        actions.verify(
            case_id=case.pk,
            doing=doing(town, Role.COMMUNITY_SECRETARY, town.now + timedelta(minutes=21)),
            ok=True,
            text="看过",
        )
    caller = browser(town, Role.CALLBACK_AGENT)
    with travel(town.now + LATER):
        post(caller, case.number, "unreachable", note="无人接听")
        page = caller.get(f"/desk/case/{case.number}/")
        half = post(caller, case.number, "callback", answered="yes", solved="no", satisfied="no")
    assert Verdict.objects.filter(case_id=case.pk, reached=False).count() == 1
    assert "2" in words(page).split("panel-unreachable")[0]
    assert half.status_code == 422
    assert again(case).state == "callback"


def test_the_page_of_a_case_asks_the_database_equally_often_for_a_long_story(town: Town) -> None:
    case = forward(town, until="in_progress")
    member = browser(town, Role.UNIT_MEMBER)
    with travel(town.now + LATER):
        short = queries_of(member, f"/desk/case/{case.number}/")
        for n in range(12):
            post(member, case.number, "note", text=f"进展 {n}")
        for _ in range(5):
            forward(town, until="dispatched")
        long = queries_of(member, f"/desk/case/{case.number}/")
    assert short == long
    assert short <= 28
