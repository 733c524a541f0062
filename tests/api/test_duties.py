"""Lists of duties, the routing of a case and the certificates over the interface."""

from __future__ import annotations

from uuid import uuid4

from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases.models import Case, CertificateAsk, Step
from onegrid.cases.reference import categories
from onegrid.duties import actions, importing
from onegrid.duties.actions import RuleGiven
from tests.api.conftest import Api
from tests.county import report
from tests.duties.lists import LISTS

READ, ACT = TokenScope.READ, TokenScope.ACT


def ready(api: Api) -> None:
    known = frozenset(row.code for row in categories.get().values())
    table = importing.read(LISTS.read_bytes(), categories=known, now=api.town.now)
    importing.bring_in(table.rows, name="demo", now=api.town.now, is_demo=True)
    actions.make_draft(by=None, now=api.town.now)
    actions.set_rules(
        rules=[
            RuleGiven(target="community", why="纠纷归社区", category_code="conflict"),
            RuleGiven(target="item", why="清单事项归责任单位"),
        ]
    )
    actions.note_trial(cases=0, elsewhere=0, now=api.town.now)
    actions.publish(now=api.town.now)


def test_items_are_searched_and_cited_and_the_rules_explain_themselves(api: Api) -> None:
    ready(api)
    token = api.token(Role.COMMUNITY_CLERK, READ, ACT)
    found = api.send("GET", "/duties?search=占道", token=token).json()
    assert [row["code"] for row in found] == ["S-09-04"]
    assert api.send("GET", "/duties").status_code == 401
    case = Case.objects.get(
        pk=report(api.town, category="order.stalls", text="校门口摊贩占道").case_id
    )
    path = f"/cases/{case.number}"
    api.send("POST", f"{path}/actions/start_triage", token=token, key=uuid4())
    body = {"case_class": "general", "category": "order.stalls", "item": "S-09-04"}
    done = api.send("POST", f"{path}/actions/classify", token=token, key=uuid4(), body=body)
    assert done.status_code == 200
    why = api.send("GET", f"{path}/routing", token=token).json()
    assert (why["rule"], why["unit"]) == (2, "urban_management")
    assert why["passed"] == [{"rule": 1, "why": "纠纷归社区", "fault": "category"}]
    other = api.token(Role.UNIT_MEMBER, READ)
    assert api.send("GET", f"{path}/routing", token=other).status_code == 404


def test_a_duty_is_pushed_down_with_a_basis_only(api: Api) -> None:
    ready(api)
    token = api.token(Role.COMMUNITY_CLERK, READ, ACT)
    case = Case.objects.get(pk=report(api.town, category="order.stalls").case_id)
    path = f"/cases/{case.number}/actions"
    api.send("POST", f"{path}/start_triage", token=token, key=uuid4())
    body = {"case_class": "general", "category": "order.stalls", "item": "S-09-04"}
    api.send("POST", f"{path}/classify", token=token, key=uuid4(), body=body)
    sent = {"unit": "community-C1", "text": "请先劝导"}
    refused = api.send("POST", f"{path}/dispatch", token=token, key=uuid4(), body=sent)
    assert refused.status_code == 422
    sent["pushed_item"] = "C-07"
    done = api.send("POST", f"{path}/dispatch", token=token, key=uuid4(), body=sent)
    assert done.status_code == 200
    assert "pushed_down" in Step.objects.get(case_id=case.pk, action="dispatch").data


def test_a_request_for_an_abolished_certificate_is_answered(api: Api) -> None:
    ready(api)
    token = api.token(Role.COMMUNITY_CLERK, READ, ACT)
    opened = report(api.town, category="people.social", text="银行要单身证明")
    case = Case.objects.get(pk=opened.case_id)
    path = f"/cases/{case.number}/actions"
    api.send("POST", f"{path}/start_triage", token=token, key=uuid4())
    body = {"answers": {"1": "该证明已取消，以书面承诺代替"}, "outside": "某银行"}
    done = api.send("POST", f"{path}/answer_certificate", token=token, key=uuid4(), body=body)
    assert (done.status_code, done.json()["state"]) == (200, "callback")
    assert CertificateAsk.objects.get(case_id=case.pk).outside == "某银行"
