"""Invented old estates of the demo's communities at every stage, a handful with service again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions import Doing, Upload
from onegrid.demo.people import Cast
from onegrid.demo.scenes import picture
from onegrid.estates import actions, path
from onegrid.estates.actions import EstateGiven, Numbers, StepGiven, WorkGiven
from onegrid.estates.queries.homes import free_buildings
from onegrid.estates.terms import Form, PathStage, ServiceKind

_NAMESPACE = UUID("5b0d2b3a-93d5-5c11-8d53-0f7f0f8d6f55")
_MOST = 7
#: days since the first step of an estate that was reviewed after a year; the staff are there
_LONGEST = 395
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Story:
    """An estate of the demo: how far it has come, how it is looked after, what it lacks."""

    until: PathStage
    kind: ServiceKind
    form: Form
    built: int
    notes: tuple[tuple[str, str], ...]
    work: tuple[str, str, str]
    late: bool = False
    left: bool = False


_STORIES = (
    Story(
        PathStage.REVIEWED, ServiceKind.NONE, Form.OWN, 1994,
        (("parking", "画线前占道停车"), ("roads", "3号楼前路面破损")),
        ("road", "3号楼前道路硬化", "done"),
    ),
    Story(
        PathStage.TALK, ServiceKind.NONE, Form.TRUST, 1998,
        (("charging", "无充电棚，有飞线"), ("greens", "绿地被占种菜")),
        ("charging", "南门充电棚", "wanted"), late=True,
    ),
    Story(
        PathStage.RUNNING, ServiceKind.OLD_UNIT, Form.FIRM, 1996,
        (("parking", "车位不足，已划线42个"),),
        ("parking", "拆除违建增加停车位", "under_way"),
    ),
    Story(
        PathStage.AGREED, ServiceKind.NONE, Form.TRUST, 1992,
        (("roads", "雨水井堵塞"), ("charging", "无充电设施")),
        ("road", "雨污管网清淤", "decided"),
    ),
    Story(
        PathStage.SURVEY, ServiceKind.OLD_UNIT, Form.OWN, 2001,
        (("greens", "树木遮挡采光"),),
        ("green", "修剪树木、补种绿篱", "wanted"), late=True,
    ),
    Story(
        PathStage.FOUND, ServiceKind.NONE, Form.OWN, 1989, (("roads", "主路坑洼"),),
        ("road", "主路修补", "wanted"),
    ),
    Story(
        PathStage.RUNNING, ServiceKind.NONE, Form.FIRM, 1999, (("parking", "消防通道被占"),),
        ("other", "更换单元门", "done"), left=True,
    ),
)  # fmt: skip
_NOTES = {
    PathStage.SURVEY: "入户走访并设意见箱，最关心停车、充电和路灯。",
    PathStage.TALK: "居民议事会召开两次，按十条议事规则记录。",
    PathStage.FORM: "三种方案逐项比较后确定。",
    PathStage.AGREED: "书面征求意见，结果公示7天。",
    PathStage.CONTRACT: "合同和管理规约张贴公示。",
    PathStage.RUNNING: "当日起提供保洁、门岗和维修服务。",
    PathStage.REVIEWED: "居民评议通过，继续执行。",
}


def make_estates(cast: Cast) -> None:
    """Register old estates of the communities that have a clerk, and let them go their way."""
    for number, (community, clerk) in enumerate(cast.clerks.items()):
        compounds: dict[str, list[UUID]] = {}
        for row in free_buildings(community, on=cast.now):
            if row.compound and row.households and row.floors <= 6:
                compounds.setdefault(row.compound, []).append(row.id)
        for place, (name, ids) in enumerate(sorted(compounds.items())[:_MOST]):
            story = _STORIES[(place + 3 * number) % len(_STORIES)]
            _Play(cast, clerk, community, name, f"{number}/{place}").run(story, ids)


class _Play:
    """One estate on its way."""

    def __init__(self, cast: Cast, clerk: Viewer, community: UUID, name: str, seed: str) -> None:
        self.cast, self.clerk, self.community = cast, clerk, community
        self.name, self.seed, self.step = name, seed, 0
        self.today = localtime(cast.now).date()

    def run(self, story: Story, ids: list[UUID]) -> None:
        reached = path.ORDER.index(story.until)
        whole = story.until is PathStage.REVIEWED
        begun = self.today - (_LONGEST if whole else 60 + 50 * reached) * _DAY
        estate = actions.register(
            doing=self._doing(begun),
            given=EstateGiven(
                name=self.name,
                community_id=self.community,
                building_ids=ids,
                said={"kind": story.kind.value, "committee": "no", **dict(story.notes)},
                source="社区摸底调查（演示）",
                year_built=story.built,
                since=begun - 900 * _DAY,
                day=begun,
                due_on=begun + 40 * _DAY if reached else self.today + 20 * _DAY,
                person_id=self.clerk.user_id,
                note="老旧小区摸底建档。",
            ),
        )
        for stage, day in self._days(begun, reached):
            self._take(estate, story, stage, day)
        if story.left:
            self._go_back(estate)
        self._work(estate, story)

    def _days(self, begun: date, reached: int) -> Iterator[tuple[PathStage, date]]:
        whole = path.ORDER[reached] is PathStage.REVIEWED
        for place in range(1, reached + 1):
            day = begun + (3 if whole else 8) * place * _DAY
            last = self.today - 9 * _DAY if path.ORDER[place] is PathStage.REVIEWED else day
            yield path.ORDER[place], last

    def _take(self, estate: UUID, story: Story, stage: PathStage, day: date) -> None:
        last = stage is story.until
        due = self.today + (-3 if story.late else 25) * _DAY if last else day + 60 * _DAY
        numbers = Numbers(96, 78, 66, 7400, 6100, 5200) if stage is PathStage.AGREED else None
        given = StepGiven(
            stage=stage,
            day=day,
            due_on=due if stage is not PathStage.REVIEWED else None,
            person_id=self.clerk.user_id,
            note=_NOTES[stage],
            form=story.form.value if stage is PathStage.FORM else "",
            agreement=numbers,
            kind=path.KIND_OF[story.form].value if stage is PathStage.RUNNING else "",
        )
        actions.take_step(estate_id=estate, doing=self._doing(day), given=given)

    def _go_back(self, estate: UUID) -> None:
        given = StepGiven(
            stage=PathStage.TALK,
            day=self.today - 9 * _DAY,
            due_on=self.today + 21 * _DAY,
            person_id=self.clerk.user_id,
            reason="物业公司合同到期撤离，重新议事。",
            kind=ServiceKind.NONE.value,
        )
        actions.take_step(estate_id=estate, doing=self._doing(given.day), given=given)

    def _work(self, estate: UUID, story: Story) -> None:
        kind, what, state = story.work
        day = self.today - 30 * _DAY
        wanted = WorkGiven("wanted", day)
        doing = self._doing(day)
        work = actions.add_work(estate_id=estate, doing=doing, kind=kind, what=what, given=wanted)
        if state != "wanted":
            photo = Upload("photo", picture("street", True)) if state == "done" else None
            news = WorkGiven(state, day + 20 * _DAY, photo=photo)
            actions.move_work(work_id=work, doing=self._doing(day + 20 * _DAY), given=news)

    def _doing(self, day: date) -> Doing:
        """Return a doing at the hour of this run on a day, under a key of its own."""
        self.step += 1
        at = self.cast.now - (self.today - day)
        return Doing(self.clerk, at, uuid5(_NAMESPACE, f"{self.seed}/{self.step}"))
