"""The invented county asks for approval of plans and of reports of done on complex cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime

from onegrid.accounts.actions import set_self_approval
from onegrid.accounts.queries import viewer_by_id
from onegrid.accounts.queries.admin import grants
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import MilestoneGiven
from onegrid.common.tenancy.context import current_tenant
from onegrid.demo.people import Cast
from onegrid.demo.together import Thread, unit_of
from onegrid.duties.actions import new_version
from onegrid.duties.queries import rule_for
from onegrid.duties.terms import Parameter

_HOUR = timedelta(hours=1)
#: So long before the present the county began to ask; what was dispatched before goes as before.
_SINCE = timedelta(days=2)
_RULES = {
    Parameter.PLAN_APPROVAL: "复杂事项的方案须经本单位负责人批准后公布。",
    Parameter.CLOSURE_APPROVAL: "复杂事项须经本单位负责人批准后办结。",
}
#: The unit whose head may approve own work.
ALONE = "housing_bureau"


def ask_for_approval(*, now: datetime) -> None:
    """Switch approval on, for what is dispatched from the day before yesterday on."""
    day = localtime(now - _SINCE).date()
    for parameter, text in _RULES.items():
        rule = rule_for(parameter, on=day)
        assert rule is not None
        new_version(rule_id=rule.id, text=text, amount=1, valid_from=day)


def approve(cast: Cast) -> None:
    """Play what waits, what was sent back, what was released, and what somebody alone approved."""
    trusted = _trust(cast)
    for number, play in enumerate((_waits, _sent_back, _to_be_done), start=200):
        play(cast, number)
    _alone(cast, 203, trusted)


def _trust(cast: Cast) -> Viewer:
    """Give the head of one unit the right to approve own work; return the head with it."""
    system, one = Viewer.system(current_tenant()), cast.heads[unit_of(ALONE)]
    assert one.user_id is not None
    for row in grants(system, user_id=one.user_id, now=cast.now):
        if row.role is Role.UNIT_HEAD:
            set_self_approval(
                viewer=system, grant_id=row.id, allowed=True, now=cast.now, reason="独任负责人"
            )
    return viewer_by_id(user_id=one.user_id, now=cast.now)


def _begun(cast: Cast, number: int, ago: int, title: str, text: str) -> tuple[Thread, Viewer]:
    """Report a complex matter and let the urban management begin; ``ago`` in hours."""
    thread = Thread(cast, number, ago * _HOUR)
    category = "order.illegal_building"
    thread.open(title, text, category)
    member = thread.give("urban_management", "complex", category)
    thread.work(member, "已到现场查看并联系诉求人，正在拟定方案")
    return thread, member


def _plan(thread: Thread, *days: int, measures: str, owner: str = "城管执法中队") -> dict[str, Any]:
    """Return a plan; ``days`` from the day of the step on, at most three."""
    names = ("约谈当事人并送达通知", "自行拆除或依法处置", "现场复核并公开结果")
    start = localtime(thread.clock).date()
    stones = (
        MilestoneGiven(name, start + timedelta(days=n))
        for name, n in zip(names, days, strict=False)
    )
    return {"measures": measures, "owner_name": owner, "milestones": tuple(stones)}


def _waits(cast: Cast, number: int) -> None:
    """A plan that waits for the head."""
    thread, member = _begun(
        cast, number, 18, "楼顶私搭彩钢房", "顶楼住户在楼顶公共平台搭了一间彩钢房，刮风时铁皮乱响。"
    )
    plan = _plan(thread, 3, 10, 15, measures="一、约谈搭建人；二、限期自行拆除；三、逾期处置。")
    thread.do(actions.ask_plan, member, 300, **plan)


def _sent_back(cast: Cast, number: int) -> None:
    """A plan that the head has sent back."""
    thread, member = _begun(
        cast,
        number,
        26,
        "一楼窗外圈占绿地",
        "一楼住户把窗外绿地围起来种菜，还装了铁门。",
    )
    plan = _plan(thread, 5, 20, measures="一、劝导当事人；二、恢复绿地。")
    thread.do(actions.ask_plan, member, 200, **plan)
    head = cast.heads[unit_of("urban_management")]
    thread.do(
        actions.decide_plan, head, 90, ok=False,
        text="未写明劝导无效时如何处置，也没有物业和社区的分工，请补充后再报。",
    )  # fmt: skip


def _to_be_done(cast: Cast, number: int) -> None:
    """A plan that was released and carried out; the report of done waits for the head."""
    thread, member = _begun(
        cast, number, 40, "消防通道上搭车棚", "二号楼北侧消防通道上搭了车棚，消防车进不来。"
    )
    head = cast.heads[unit_of("urban_management")]
    plan = _plan(thread, 1, measures="一、当日约谈搭建人；二、次日拆除车棚、恢复消防通道。")
    thread.do(actions.ask_plan, member, 120, **plan)
    thread.do(actions.decide_plan, head, 40, ok=True, text="同意，涉及消防通道，从快办理。")
    thread.do(
        actions.report_milestone,
        member,
        18 * 60,
        n=1,
        text="车棚已拆除，消防中队到场复核",
    )
    thread.do(
        actions.ask_closure, member, 60, result="solved",
        answers={1: "搭建人已于今日自行拆除车棚，消防通道恢复畅通，消防中队到场复核合格。"},
    )  # fmt: skip


def _alone(cast: Cast, number: int, head: Viewer) -> None:
    """A plan that a head with the right to do so has published without anybody else."""
    thread = Thread(cast, number, 30 * _HOUR)
    thread.open("外墙保温层空鼓", "三号楼西山墙保温层空鼓，掉过两块，下面是过道。", "housing.leak")
    thread.give(ALONE, "complex", "housing.leak")
    thread.work(head, "已到现场封闭墙下通道，联系检测单位")
    plan = _plan(
        thread,
        2,
        12,
        owner=head.name,
        measures="一、封闭过道并检测；二、清除空鼓层；三、修补并验收。",
    )
    thread.do(actions.publish_plan, head, 240, **plan)
