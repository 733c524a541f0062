"""Invented cases that the style guide shows its components with; nothing here is real."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from onegrid.cases.queries import ClockView, DeskRow, StepView
from onegrid.core.calendar import WALL_CLOCK, DutyCalendar
from onegrid.core.clock import ClockKind, Event, Target, explain, read
from onegrid.core.flow import State

_PLACE = (118.83, 36.7)
_GRID_DUTY = DutyCalendar(code="grid_duty", name="网格值守", weekly=(((450, 1290),),) * 7)
_TEXT = """恒盛花园5号楼2单元楼道的声控灯坏了三天，晚上回家看不见台阶，楼里有好几位老人，担心摔倒。
物业说要等配件，请帮忙催一下。"""

#: title, category, class, state, minutes allowed, minutes gone, community, unit, address
_ROWS: tuple[tuple[str, str, str, str, int, int, str, str, str], ...] = (
    ("化粪池外溢，污水流到单元门口", "污水外溢", "major", "in_progress", 1440, 5020, "昌盛社区",
     "县住房和城乡建设局", "昌盛小区3号楼1单元"),
    ("电梯停在四楼，老人下不了楼", "电梯故障", "major", "accepted", 1440, 1580, "恒安社区",
     "县市场监督管理局", "恒安嘉苑9号楼"),
    ("楼道灯坏了三天，老人怕摔", "楼道照明", "general", "in_progress", 60, 49, "恒盛社区",
     "恒盛花园物业服务中心", "恒盛花园5号楼2单元"),
    ("夜里十二点后烧烤店音乐声太大", "噪声扰民", "general", "dispatched", 60, 22, "利民社区",
     "县综合行政执法局", "利民街与新昌路口"),
    ("小区东门外路面塌陷一米多", "道路破损", "major", "registered", 1440, 95, "宝通社区", "",
     "宝通街188号东门"),
    ("两家共用院墙，多年争执未决", "邻里纠纷", "complex", "planned", 10080, 4300, "永康社区",
     "永康社区居民委员会", "永康里平房区12号"),
    ("希望在公园边加一组健身器材", "公共设施", "complex", "classified", 10080, 700, "方山社区",
     "县体育运动中心", "方山公园北侧"),
)  # fmt: skip

#: action, state after it, minutes ago, name, role, text
_STEPS: tuple[tuple[str, str, int, str, str, str], ...] = (
    ("open", "registered", 49, "王秀兰", "resident", ""),
    ("start_triage", "triage", 47, "李晓彤", "community_clerk", ""),
    ("classify", "classified", 44, "李晓彤", "community_clerk", "一般诉求，楼道照明。"),
    ("dispatch", "dispatched", 43, "李晓彤", "community_clerk", "请恒盛花园物业今天内修复。"),
    ("accept", "accepted", 38, "赵海峰", "unit_member", ""),
    ("start", "in_progress", 31, "赵海峰", "unit_member",
     "已电话联系居民，维修员带声控开关前往，预计20分钟到达。"),
)  # fmt: skip


def context(now: datetime) -> dict[str, Any]:
    """Return what the style guide needs; times are relative to `now`."""
    rows = desk_rows(now)
    steps = list(reversed(steps_of(now)))
    return {
        "rows": rows,
        "row": rows[2],
        "steps": steps,
        "view": view(now),
        "case": case(now),
        "case_list": [
            SimpleNamespace(**case(now).__dict__, steps=steps_of(now)),
            SimpleNamespace(**closed(now).__dict__, steps=[]),
        ],
        "categories": CATEGORIES,
        "errors": [{"field": "address", "message": "请在地图上点一下，或填写地址。"}],
        "crumbs": [("工作台", "/"), ("待办", "/"), (rows[2].number, "")],
        "page": 2,
        "pages": 7,
        "total": 318,
        "now": now,
    }


CATEGORIES = [
    ("water", "供水排水", "droplets"),
    ("light", "照明供电", "lightbulb"),
    ("road", "道路设施", "construction"),
    ("noise", "噪声扰民", "volume-2"),
    ("waste", "垃圾环境", "trash-2"),
    ("green", "绿化树木", "trees"),
    ("parking", "停车乱放", "car"),
    ("dispute", "邻里纠纷", "handshake"),
    ("other", "其他事情", "ellipsis"),
]


def desk_rows(now: datetime) -> list[DeskRow]:
    """Return a queue, longest overdue first."""
    return [_row(number, given, now) for number, given in enumerate(_ROWS)]


def _row(
    number: int, given: tuple[str, str, str, str, int, int, str, str, str], now: datetime
) -> DeskRow:
    title, category, case_class, state, allowed, gone, community, unit, address = given
    opened = now - timedelta(minutes=gone)
    return DeskRow(
        id=UUID(int=number + 1),
        number=f"370725-20261123-{number + 41:04d}-{number}",
        title=title,
        state=state,
        case_class=case_class,
        class_confirmed=state != "registered",
        category=category,
        community=community,
        grid=f"第{number + 1}网格",
        unit=unit,
        address=address,
        channel="web",
        safety=number == 1,
        round=1,
        mark="none",
        opened_at=opened,
        due_at=opened + timedelta(minutes=allowed),
        changed_at=now,
        lon=_PLACE[0],
        lat=_PLACE[1],
    )


def steps_of(now: datetime) -> list[StepView]:
    """Return the steps of the sample case, oldest first."""
    return [
        StepView(
            seq=seq,
            at=now - timedelta(minutes=ago),
            action=action,
            from_state="",
            to_state=state,
            actor_name=name,
            actor_role=role,
            relation="",
            channel="web",
            text=text,
            data={},
            shown_to_reporter=True,
        )
        for seq, (action, state, ago, name, role, text) in enumerate(_STEPS, start=1)
    ]


def case(now: datetime) -> SimpleNamespace:
    """Return the sample case."""
    return SimpleNamespace(
        id=UUID(int=3),
        number="370725-20261123-0043-2",
        title="楼道灯坏了三天，老人怕摔",
        text=_TEXT,
        state="in_progress",
        case_class="general",
        class_confirmed=True,
        safety=False,
        round=1,
        step_count=6,
        channel="web",
        address="恒盛花园5号楼2单元",
        opened_at=now - timedelta(minutes=49),
        due_at=now + timedelta(minutes=11),
    )


def closed(now: datetime) -> SimpleNamespace:
    """Return a case that has ended well."""
    return SimpleNamespace(
        id=UUID(int=9),
        number="370725-20261102-0017-5",
        title="小区南门垃圾桶满了没人收",
        state="closed",
        case_class="general",
        opened_at=now - timedelta(days=21),
        due_at=None,
    )


def clocks(now: datetime) -> list[ClockView]:
    """Return the clocks of the sample case, read by the core."""
    events = [Event(step.at, step.action, State(step.to_state)) for step in steps_of(now)]
    targets = (
        Target(ClockKind.SOLUTION, _GRID_DUTY, timedelta(hours=1), basis="一般诉求一小时办结"),
        Target(ClockKind.LEGAL, WALL_CLOCK, timedelta(days=7), basis="潍坊市条例第二十条"),
        Target(ClockKind.SIGN, _GRID_DUTY, timedelta(minutes=10), basis="十分钟内签收"),
    )
    readings = [(target, read(target, events, now)) for target in targets]
    return [
        ClockView(target.kind.value, target.basis, target.calendar.code, found, explain(found))
        for target, found in readings
        if found is not None
    ]


def view(now: datetime) -> SimpleNamespace:
    """Return the sample case as `case_detail` would."""
    return SimpleNamespace(
        steps=steps_of(now),
        clocks=clocks(now),
        category="楼道照明",
        category_code="light",
        community="恒盛社区",
        grid="第3网格",
        unit="恒盛花园物业服务中心",
        has_contact=True,
        masked_phone="138****2046",
        parts=[],
        plan=SimpleNamespace(
            measures="先补两只临时感应灯；配件到货后更换整条线路，完工后由网格员复查。",
            milestones=[
                SimpleNamespace(
                    title="临时灯安装", due_on=now.date(), done_at=now - timedelta(minutes=5)
                ),
                SimpleNamespace(
                    title="更换线路", due_on=(now + timedelta(days=3)).date(), done_at=None
                ),
            ],
        ),
    )
