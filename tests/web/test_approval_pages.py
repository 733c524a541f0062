"""Approval on the pages: submit, take back, release, send back; and what the interface says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from onegrid.accounts.models import RoleGrant
from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases import actions
from onegrid.cases.models import Ask, Case, Plan, Step
from onegrid.cases.queries.letters import letter_of_own
from onegrid.duties.queries.law import clear
from onegrid.web.casework.letter import page_of
from tests.api.conftest import Api
from tests.county import Town
from tests.flows.approving import (
    ANSWERS,
    MEASURES,
    head,
    rules,
    submit_closure,
    submit_plan,
    working,
)
from tests.flows.sharing import DAY, MINUTE, again, by
from tests.web.staff import browser, forward, photo, post, travel, words

LATER = 20 * MINUTE
PLAN = {"measures": MEASURES, "owner_name": "王强", "title_1": "查勘", "date_1": "2026-03-04",
        "title_2": "验收", "date_2": "2026-03-09"}  # fmt: skip


@pytest.fixture(autouse=True)
def asking(town: Town) -> Iterator[None]:
    rules(plan=1, closure=3)
    yield
    clear()


def shown(client: Client, case: Case, base: str = "/desk/case/") -> Any:
    return client.get(f"{base}{case.number}/", headers={"Accept-Language": "en"})


def panels(page: Any) -> set[str]:
    return {panel.name for panel in page.context["panels"]}


def trusted(town: Town, role: Role) -> None:
    """Give somebody of the town the right to approve own work."""
    user_id = town.users[role].pk
    RoleGrant.objects.filter(user_id=user_id, role=role).update(self_approval=True)


def test_e24_submitted_and_released_on_the_pages(town: Town) -> None:
    case = working(town)
    unit, boss = browser(town, Role.UNIT_MEMBER), browser(town, Role.UNIT_HEAD)
    with travel(town.now + LATER):
        page = shown(unit, case)
        assert "ask_plan" in panels(page) and "publish_plan" not in panels(page)
        assert post(unit, case.number, "ask_plan", **PLAN).status_code == 302
        page = shown(unit, case)
        assert panels(page) >= {"recall_ask"} and not panels(page) & {"ask_plan", "decide_plan"}
        assert "waits for approval by the head of the unit" in words(page)
        assert MEASURES in words(page) and "2026-03-09" in words(page)
        page = shown(boss, case)
        assert "decide_plan" in panels(page)
        decision = next(one for one in page.context["panels"] if one.name == "decide_plan")
        assert decision.main and "测试unit_member" in decision.note
        queue = words(boss.get("/desk/?which=approval", headers={"Accept-Language": "en"}))
        assert "to be approved" in queue and "For my approval 1" in " ".join(queue.split())
        assert "For my approval" not in words(unit.get("/desk/", headers={"Accept-Language": "en"}))
        assert MEASURES not in words(shown(browser(town, Role.RESIDENT), case, "/my/"))
        post(boss, case.number, "decide_plan", do="yes", text="同意")
        assert again(case).state == "planned" and Plan.objects.get().measures == MEASURES
        told = words(shown(boss, case))
        assert "approved by the head of the unit" in told and "Approve the plan" in told
        resident = words(shown(browser(town, Role.RESIDENT), case, "/my/"))
        assert MEASURES in resident and "Approve the plan" not in resident


def test_a_report_is_sent_back_taken_back_and_released_on_the_pages(town: Town) -> None:
    case = working(town, "major")
    unit, boss = browser(town, Role.UNIT_MEMBER), browser(town, Role.UNIT_HEAD)
    answer = {"result": "solved", "answer_1": ANSWERS[1]}
    with travel(town.now + LATER):
        assert panels(shown(unit, case)) >= {"ask_closure"}
        page = post(unit, case.number, "ask_closure", **answer)
        assert page.status_code == 422 and ANSWERS[1] in page.content.decode()
        assert not Ask.objects.exists()
        post(unit, case.number, "ask_closure", **answer, photos=photo())
        post(unit, case.number, "recall_ask", text="补充照片")
        assert Ask.objects.get().state == "recalled"
        post(unit, case.number, "ask_closure", **answer)
        refused = post(boss, case.number, "decide_closure", do="no", text="")
        assert refused.status_code == 422
        post(boss, case.number, "decide_closure", do="no", text="照片不清楚")
        page = words(shown(unit, case))
        assert "照片不清楚" in page and "Send the report of done back" in page
        post(unit, case.number, "ask_closure", **answer)
        post(boss, case.number, "decide_closure", do="yes", text="同意")
    assert again(case).state == "verify"


def test_the_panel_of_a_decision_is_for_another_head_only(town: Town) -> None:
    case = working(town, "general")
    submit_closure(town, case, Role.UNIT_HEAD)
    boss, unit = browser(town, Role.UNIT_HEAD), browser(town, Role.UNIT_MEMBER)
    with travel(town.now + LATER):
        for client in (boss, unit, browser(town, Role.DISPATCHER), browser(town, Role.SUPERVISOR)):
            assert "decide_closure" not in panels(shown(client, case))
        own = post(boss, case.number, "decide_closure", do="yes", text="同意")
        assert own.status_code == 403
        assert post(unit, case.number, "decide_closure", do="yes", text="行").status_code == 403
    assert Ask.objects.get().state == "open"


def test_publishing_past_the_head_is_refused_in_plain_words(town: Town) -> None:
    case, simple = working(town), working(town, "general")
    unit = browser(town, Role.UNIT_MEMBER)
    with travel(town.now + LATER):
        page = unit.post(
            f"/desk/case/{case.number}/act/publish_plan/",
            {"key": str(uuid4()), "seen": "", **{f"publish_plan-{k}": v for k, v in PLAN.items()}},
            headers={"Accept-Language": "en"},
        )
        assert page.status_code == 409
        assert "Submit it to the head of your unit" in words(page)
        page = post(unit, simple.number, "finish", result="solved", answer_1=ANSWERS[1])
        assert page.status_code == 409
    assert not Plan.objects.exists()


@pytest.mark.parametrize("role", [Role.UNIT_MEMBER, Role.UNIT_HEAD])
def test_e24_with_self_approval_the_direct_way_is_open_and_the_record_says_so(
    town: Town, role: Role
) -> None:
    case = working(town)
    trusted(town, role)
    client = browser(town, role)
    with travel(town.now + LATER):
        page = shown(client, case)
        assert "publish_plan" in panels(page) and "ask_plan" not in panels(page)
        assert "You may approve your own work" in words(page)
        post(client, case.number, "publish_plan", **PLAN)
        assert again(case).state == "planned"
        assert "approved by the author" in words(shown(client, case))
        chinese = client.get(f"/desk/case/{case.number}/", headers={"Accept-Language": "zh-hans"})
        assert "自行审批" in words(chinese)


def test_a_county_without_the_rule_shows_no_word_of_approval(town: Town) -> None:
    rules()
    case = working(town)
    with travel(town.now + LATER):
        page = shown(browser(town, Role.UNIT_MEMBER), case)
    assert "publish_plan" in panels(page) and not panels(page) & {"ask_plan", "recall_ask"}
    assert "pproval" not in words(page)


def test_a_grid_worker_is_offered_no_way_past_the_approval_of_everything(town: Town) -> None:
    case = forward(town, until="registered")
    worker = browser(town, Role.GRID_WORKER)
    with travel(town.now + LATER):
        assert "on_spot" not in panels(shown(worker, case, "/work/"))
        form = {
            "text": "楼道灯不亮", "channel": "door", "kind": "help", "category": "power.light",
            "lon": "118.802", "lat": "36.702", "on_spot": "1", "answer": "已更换灯泡",
            "key": str(uuid4()),
        }  # fmt: skip
        page = worker.post("/work/report/", form, headers={"Accept-Language": "en"})
    assert page.status_code == 409 and "nothing is closed on the spot" in words(page)
    assert Case.objects.count() == 1


def test_a_secretary_releases_a_report_of_the_own_community(town: Town) -> None:
    case = forward(town, until="dispatched", unit="community-C1")
    actions.accept(case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, 5 * MINUTE))
    actions.start(case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, 6 * MINUTE), text="已联系")
    worker, boss = browser(town, Role.GRID_WORKER), browser(town, Role.COMMUNITY_SECRETARY)
    with travel(town.now + LATER):
        post(worker, case.number, "ask_closure", "/work/", result="solved", answer_1=ANSWERS[1])
        page = words(shown(worker, case, "/work/"))
        assert "waits for approval by the head of the unit" in page
        assert "decide_closure" in panels(shown(boss, case))
        post(boss, case.number, "decide_closure", do="yes", text="同意")
    assert Step.objects.filter(case_id=case.pk, action="grant_closure").count() == 1


def test_the_interface_shows_staff_what_waits_and_the_reporter_nothing(town: Town) -> None:
    case = working(town)
    submit_plan(town, case)
    api = Api(town, Client())
    with travel(town.now + LATER):
        staff = api.token(Role.UNIT_HEAD, TokenScope.READ, TokenScope.ACT)
        path = f"/cases/{case.number}"
        asks = api.send("GET", f"{path}/sharing", token=staff).json()["asks"]
        assert [(ask["kind"], ask["state"], ask["closure"]) for ask in asks] == [
            ("plan", "open", None)
        ]
        due = (town.now + 3 * DAY).date().isoformat()
        assert asks[0]["plan"] == {
            "measures": MEASURES, "owner_name": "王强",
            "milestones": [{"title": "完成", "due_on": due}],
        }  # fmt: skip
        mine = api.token(Role.RESIDENT, TokenScope.READ_OWN)
        assert api.send("GET", f"{path}/sharing", token=mine).json()["asks"] == []
        told = api.send("GET", path, token=mine).content.decode()
        assert "ask_plan" not in told and MEASURES not in told
        unit = api.token(Role.UNIT_MEMBER, TokenScope.ACT)
        body = {"ok": True, "text": "同意"}
        deed = f"{path}/actions/decide_plan"
        assert api.send("POST", deed, token=unit, key=uuid4(), body=body).status_code == 403
        key = uuid4()
        for _ in range(2):
            assert api.send("POST", deed, token=staff, key=key, body=body).status_code == 200
    assert Step.objects.filter(case_id=case.pk, action="publish_plan").count() == 1


def test_a_second_head_of_the_unit_may_decide_what_the_first_submitted(town: Town) -> None:
    case = working(town, "general")
    submit_closure(town, case, head(town, "water_bureau"))
    boss = browser(town, Role.UNIT_HEAD)
    with travel(town.now + LATER):
        post(boss, case.number, "decide_closure", do="yes", text="同意")
    assert again(case).result == "solved"


@pytest.mark.parametrize(
    ("itself", "said"), [(False, "The head of the unit has approved"), (True, "with the right to")]
)
def test_e24_the_letter_says_who_released_the_reply(town: Town, itself: bool, said: str) -> None:
    case = working(town, "general")
    boss = head(town, "water_bureau", itself=itself)
    told = {"result": "solved", "answers": ANSWERS}
    if itself:
        actions.finish(case_id=case.pk, doing=by(town, boss, LATER), **told)
    else:
        submit_closure(town, case)
        actions.decide_closure(case_id=case.pk, doing=by(town, boss, LATER), ok=True, text="同意")
    if again(case).state == "verify":
        actions.verify(
            case_id=case.pk, doing=by(town, Role.SUPERVISOR, 30 * MINUTE), ok=True, text="看过"
        )
    Case.objects.filter(pk=case.pk).update(language="en")
    viewer = town.viewer(Role.RESIDENT)
    letter = letter_of_own(viewer, number=case.number, now=town.now + DAY)
    assert letter.released == ("self_approved" if itself else "approved")
    request = RequestFactory().get("/", SERVER_NAME="testserver")
    assert said in page_of(request, letter)  # type: ignore[arg-type]


def test_a_letter_says_nothing_of_approval_where_none_was_asked_for(town: Town) -> None:
    case = forward(town, until="triage")
    actions.answer_now(
        case_id=case.pk, doing=by(town, Role.COMMUNITY_CLERK, LATER), answers=ANSWERS
    )
    viewer = town.viewer(Role.RESIDENT)
    letter = letter_of_own(viewer, number=case.number, now=town.now + DAY)
    assert letter.released == ""
    assert "approved" not in page_of(RequestFactory().get("/"), letter)  # type: ignore[arg-type]
