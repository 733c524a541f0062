"""A supervision from order to end by programs alone: nothing closes before (N3, E24)."""

from __future__ import annotations

from datetime import timedelta

from onegrid.accounts.terms import Role
from onegrid.cases.models import Step, Supervision
from onegrid.core.flow import Action
from tests.api.conftest import Api, api
from tests.api.test_cases import problem
from tests.api.test_joint import Talk
from tests.web.staff import forward

__all__ = ["api"]

HEAD, OFFICE, CALLER = Role.UNIT_HEAD, Role.SUPERVISOR, Role.CALLBACK_AGENT
ORDER = {"kind": "talk", "trigger": 4, "text": "请说明为何两次未办结", "days": 2, "publish": True}
GOOD = {"answered": True, "solved": "yes", "satisfied": "yes"}
BEFORE = (Action.FINISH, Action.SEND_TO_VERIFY, Action.SKIP_VERIFY, Action.VERIFY_OK)
HALF_HOUR = timedelta(minutes=30)


def talk(api: Api, until: str) -> Talk:
    """Open a case half an hour ago, since the interface reads the real clock."""
    return Talk(api, forward(api.town, until=until, at=api.town.now - HALF_HOUR))


def test_n3_a_case_closes_by_its_verdict_only_when_the_reply_was_accepted(api: Api) -> None:
    said = talk(api, "in_progress")
    said.state(Role.UNIT_MEMBER, "finish", result="solved", answers={"1": "已更换阀门，不再漏水"})
    if said.state(OFFICE, "supervise", **ORDER) == "verify":
        said.state(Role.GRID_WORKER, "verify", ok=True, text="现场属实")
    assert said.state(CALLER, "give_verdict", **GOOD) == "callback"
    said.state(HEAD, "reply_supervision", text="人手不足")
    said.state(OFFICE, "reject_reply", text="请写明整改措施", days=1)
    said.state(HEAD, "reply_supervision", text="已增派人手，逐户回访")
    assert said.state(OFFICE, "settle_supervision", text="同意") == "closed"
    row = Supervision.objects.get(case_id=said.case.pk, rule="")
    assert (row.state, row.rejections, row.reply) == ("settled", 1, "已增派人手，逐户回访")
    taken = Step.objects.filter(case_id=said.case.pk, channel="api").order_by("seq")
    assert list(taken.exclude(action__in=BEFORE).values_list("action", "relation")) == [
        (Action.SUPERVISE, "supervisor"),
        (Action.KEEP_VERDICT, "caller"),
        (Action.REPLY_SUPERVISION, "handler"),
        (Action.REJECT_REPLY, "supervisor"),
        (Action.REPLY_SUPERVISION, "handler"),
        (Action.SETTLE_SUPERVISION, "supervisor"),
        (Action.CLOSE, "system"),
    ]


def test_n3_who_is_not_meant_is_refused_and_two_orders_are_told_apart(api: Api) -> None:
    said = talk(api, "in_progress")
    problem(said.do(HEAD, "supervise", **ORDER), 403, "case.not_your_turn")
    problem(said.do(OFFICE, "supervise", **{**ORDER, "days": 31}), 422, "api.less_than_equal")
    said.state(OFFICE, "supervise", **ORDER)
    problem(said.do(OFFICE, "supervise", **ORDER), 409, "supervision.open_already")
    said.state(OFFICE, "supervise", **{**ORDER, "kind": "listed"})
    problem(said.do(HEAD, "reply_supervision", text="已整改"), 422, "supervision.which")
    first = Supervision.objects.filter(case_id=said.case.pk).earliest("issued_at")
    which = {"text": "已整改", "supervision_id": str(first.pk)}
    said.state(HEAD, "reply_supervision", **which)
    problem(said.do(HEAD, "settle_supervision", **which), 403, "case.not_your_turn")
    said.state(OFFICE, "settle_supervision", **which)
    left = Supervision.objects.filter(case_id=said.case.pk, state="open")
    assert [row.kind for row in left] == ["listed"]
