"""Invented requests that several people share: helpers, meetings, holds, returns, mergers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import CoUnitGiven, Doing, Place, Request
from onegrid.demo.duties import item_for
from onegrid.demo.people import Cast
from onegrid.grids.queries import buildings
from onegrid.organisation.queries import units
from onegrid.outreach.actions import Question, ask_party

_NAMESPACE = UUID("b0c1f8d4-3e52-5a5b-9a0f-6d1b7e2f9c30")
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


class Thread:
    """One request on its way, told deed by deed; ``ago`` is how long before now it begins."""

    def __init__(self, cast: Cast, number: int, ago: timedelta) -> None:
        self.cast, self.number = cast, number
        self.clock, self.step = cast.now - ago, 0
        assert cast.first_community is not None
        self.community = cast.first_community
        self.clerk = cast.clerks[self.community]
        self.dispatcher = cast.county[Role.DISPATCHER]
        self.case_id = UUID(int=0)

    def open(self, title: str, text: str, category: str, *, house: int | None = None) -> Thread:
        """Report it, anonymously, at a house of the first community."""
        houses = buildings(area_id=self.community, on=self.cast.now)
        place = houses[(self.number * 7 if house is None else house) % len(houses)]
        request = Request(
            text=text, title=title, place=Place(building_id=place.id), category_code=category
        )
        self.case_id = actions.open_case(
            viewer=Viewer.anonymous(self.cast.resident.tenant_id),
            request=request,
            now=self.clock,
            key=self.key(),
        ).case_id
        self.do(actions.start_triage, self.clerk, 3)
        return self

    def give(
        self, unit: str, case_class: str, category: str, helpers: tuple[CoUnitGiven, ...] = ()
    ) -> Viewer:
        """Classify it and give it to a department; return who answers for the department."""
        unit_id = unit_of(unit)
        self.do(
            actions.classify, self.clerk, 4, case_class=case_class, category_code=category,
            item_code=item_for(category, "", unit_id, on=self.clock.date()),
        )  # fmt: skip
        self.do(actions.dispatch, self.dispatcher, 3, unit_id=unit_id, co_units=helpers)
        return self.cast.members[unit_id]

    def work(self, member: Viewer, contact: str) -> None:
        """Let the department sign for it and begin."""
        self.do(actions.accept, member, 6)
        self.do(actions.start, member, 9, text=contact)

    def do(self, deed: Callable[..., object], viewer: Viewer, wait: float, **more: Any) -> None:
        """Do something to the case ``wait`` minutes after the last deed."""
        self.clock = min(self.clock + timedelta(minutes=wait), self.cast.now)
        deed(case_id=self.case_id, doing=Doing(viewer, self.clock, self.key()), **more)

    def key(self) -> UUID:
        """Return a key of its own for the next deed."""
        self.step += 1
        return uuid5(_NAMESPACE, f"{self.number}/{self.step}")


def unit_of(code: str) -> UUID:
    """Return the id of a unit."""
    return next(unit.id for unit in units().values() if unit.code == code)


def share_work(cast: Cast) -> None:
    """Play them all."""
    for number, play in enumerate(
        (_with_helpers, _at_rest, _wants_time, _wants_to_return, _ruled, _merged, _outside,
         _watched, _refused)
    ):  # fmt: skip
        play(cast, number)


def _with_helpers(cast: Cast, number: int) -> None:
    """A leading and two helping units, a meeting, a question to somebody outside."""
    thread = Thread(cast, number, 2 * _DAY)
    thread.open(
        "雨后小区围墙开裂倾斜",
        "连着下雨，小区西侧围墙裂了一道大缝，往人行道那边歪，学生上下学都从墙下过。",
        "housing.leak",
    )
    helpers = (
        CoUnitGiven(unit_of("urban_management"), "封闭墙下人行道并设置警示"),
        CoUnitGiven(unit_of("power_company"), "迁移墙上的低压线缆"),
    )
    member = thread.give("housing_bureau", "complex", "housing.leak", helpers)
    thread.work(member, "已到现场查看，先封闭墙下通道，请协办单位配合")
    thread.do(
        actions.co_report, cast.members[helpers[0].unit_id], 70,
        text="墙下人行道已封闭，设警示牌三处，安排专人引导学生绕行。",
    )  # fmt: skip
    thread.do(
        actions.record_meeting, thread.dispatcher, 20 * 60, kind="joint",
        held_at=thread.clock + 19 * _HOUR,
        unit_ids=(unit_of("housing_bureau"), helpers[0].unit_id, helpers[1].unit_id),
        minutes="现场会商：检测单位认定基础沉降；供电公司须先迁线，方可拆除重砌。",
        ruling="供电公司五日内迁线；住建局十日内拆除重砌；其间人行道保持封闭。",
    )  # fmt: skip
    question = Question(
        whom="other", way="link", question="围墙基础检测报告何时可以出具？", to_whom="检测公司张工",
        disclosed="小区西侧围墙开裂，需检测结论确定拆除范围。", days=7,
    )  # fmt: skip
    thread.do(ask_party, member, 60, question=question)


def _at_rest(cast: Cast, number: int) -> None:
    """Work rests for the weather; another person has approved it."""
    thread = Thread(cast, number, 3 * _DAY)
    thread.open(
        "广场地砖大面积松动", "南门广场地砖松动，一下雨踩上去就溅水，老人绊倒过。", "traffic.road"
    )
    member = thread.give("urban_management", "complex", "traffic.road")
    thread.work(member, "已量好面积，备料施工")
    thread.do(
        actions.ask_hold, member, 26 * 60, reason="weather", until=cast.now + 3 * _DAY,
        text="连日雨雪，砂浆无法固结，待天晴后施工。",
    )  # fmt: skip
    thread.do(
        actions.decide_hold, thread.dispatcher, 40, ok=True, text="情况属实，同意；其间做好围挡。"
    )


def _wants_time(cast: Cast, number: int) -> None:
    """A unit asks for more time; the dispatcher has to decide."""
    thread = Thread(cast, number, 2 * _DAY)
    thread.open(
        "车棚充电桩不够用",
        "车棚只有六个充电口，一百多户抢着用，有人又开始飞线。",
        "housing.charging",
    )
    member = thread.give("housing_bureau", "complex", "housing.charging")
    thread.work(member, "已与物业、业委会约定现场勘查")
    thread.do(
        actions.ask_extension, member, 8 * 60, minutes=2 * 24 * 60,
        text="增容须供电公司出具方案，请求延长两天形成解决方案。",
    )  # fmt: skip


def _wants_to_return(cast: Cast, number: int) -> None:
    """A unit says that the matter is another's duty; the dispatcher has to decide."""
    thread = Thread(cast, number, 50 * timedelta(minutes=1))
    thread.open(
        "早餐车油烟熏到二楼", "每天早上五点多早餐车在楼下炸油条，油烟直接进二楼。", "order.stalls"
    )
    member = thread.give("police", "major", "order.stalls")
    thread.do(
        actions.ask_return, member, 12, item="S-09-04", unit_id=unit_of("urban_management"),
        text="流动经营和油烟由综合执法部门管理，不属公安职责。",
    )  # fmt: skip


def _ruled(cast: Cast, number: int) -> None:
    """Whose duty it is goes to a ruling."""
    thread = Thread(cast, number, 5 * _HOUR)
    thread.open(
        "河边步道栏杆缺失",
        "河边步道有十几米没有栏杆，晚上看不清，孩子差点掉下去。",
        "safety.facility",
    )
    member = thread.give("housing_bureau", "major", "safety.facility")
    thread.do(
        actions.ask_return, member, 20, item="河道设施管护", unit_id=unit_of("water_bureau"),
        text="步道建在河道管理范围内，应由水利部门管护。",
    )  # fmt: skip
    thread.do(actions.put_to_ruling, thread.dispatcher, 30, text="两单位职责表述不一，提请裁定。")


def _merged(cast: Cast, number: int) -> None:
    """Three reports of one burst pipe: two follow the first."""
    words = (
        ("主管道爆裂，路面冒水", "东门外主水管爆了，路面一直冒水，整条街没水。"),
        ("全楼停水", "早上起来没水了，听说东门那边水管爆了。"),
        ("东门路面积水没法走", "东门外水管爆裂，积水没过脚面，电动车都过不去。"),
    )
    leading = UUID(int=0)
    for late, (title, text) in enumerate(words):
        thread = Thread(cast, 10 * number + late, 100 * timedelta(minutes=1) - late * _HOUR / 4)
        thread.open(title, text, "water.leak", house=3)
        if not late:
            leading = thread.case_id
            thread.work(thread.give("water_bureau", "major", "water.leak"), "抢修队已出发，先关闸")
        else:
            thread.do(actions.merge, thread.clerk, 5, into=leading, text="同一处主管道爆裂")


def _outside(cast: Cast, number: int) -> None:
    """A body outside the county has it; the county goes on watching."""
    thread = Thread(cast, number, 20 * _HOUR)
    thread.open(
        "高速公路夜间噪声", "小区紧挨高速，夜里大货车噪声很大，能不能装隔音屏。", "order.noise"
    )
    thread.do(actions.classify, thread.clerk, 5, case_class="complex", category_code="order.noise")
    thread.do(
        actions.hand_over, thread.dispatcher, 25, body="省高速公路运营单位", reference="GS-0417",
        text="路段由该单位管养，函请现场监测并答复。",
    )  # fmt: skip
    thread.do(
        actions.external_news, thread.dispatcher, 10 * 60, text="对方已安排监测，一周内出结果。"
    )


def _watched(cast: Cast, number: int) -> None:
    """A listed supervision whose reply waits to be looked at."""
    thread = Thread(cast, number, 2 * _DAY)
    thread.open(
        "夜市占道屡禁不止",
        "夜市又占了整条非机动车道，上个月就反映过，清了三天又回来了。",
        "order.stalls",
    )
    member = thread.give("urban_management", "complex", "order.stalls")
    thread.work(member, "已约谈夜市开办方")
    thread.do(
        actions.supervise, cast.county[Role.SUPERVISOR], 9 * 60, kind="listed", trigger=3, days=3,
        text="同一地点反复反映，请说明为何未能长效管住，并给出措施。", publish=True,
    )  # fmt: skip
    thread.do(
        actions.reply_supervision, member, 20 * 60,
        text="原因是疏导点摊位不足。已新增疏导点四十个，划线定位，每晚两班值守。",
    )  # fmt: skip


def _refused(cast: Cast, number: int) -> None:
    """Not accepted, with the right way."""
    thread = Thread(cast, number, 30 * _HOUR)
    thread.open(
        "法院判决一直没执行",
        "邻居占了我家储藏室，法院判了半年没执行，请你们出面。",
        "conflict.neighbour",
    )
    thread.do(
        actions.refuse, thread.clerk, 20, reason="court",
        text="该事项正在人民法院执行程序中，请联系执行法官；如需法律帮助，可到社区法律顾问室。",
    )  # fmt: skip
