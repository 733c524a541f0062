"""Teams of the departments, their rosters around today, and calls in different states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from django.utils.timezone import localtime

from onegrid.accounts import actions as accounts
from onegrid.accounts.queries import viewer_by_id
from onegrid.accounts.queries.staff import people_of_unit
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.calls import actions, code, importing
from onegrid.calls.actions import Wish
from onegrid.calls.importing import ShiftRow
from onegrid.calls.queries.calls import summons_id
from onegrid.calls.queries.rosters import mine
from onegrid.cases.actions import Doing, Upload
from onegrid.cases.queries import Filters, desk_queue
from onegrid.common.tenancy.context import current_tenant
from onegrid.demo.people import Cast
from onegrid.demo.scenes import picture
from onegrid.grids.queries import areas
from onegrid.organisation.queries import UnitRow, units

_NAMESPACE = UUID("0d6d3c67-5a7b-5c38-9d0e-2f3f6c1b9a44")
#: The N of “1 + 12 + N”: called when needed, without a team in the streets.
ON_CALL = frozenset({"fire_rescue", "power_company"})
_DAYS_BACK, _DAYS_AHEAD = 30, 31
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: On this day of the coming week one roster has a gap.
_GAP = 5
_NAMES = ("周航", "吴倩", "郑凯", "冯丽", "许峰", "韩雪", "曹亮", "彭敏", "董洁", "袁浩", "邓超",
          "潘虹", "田野", "蒋琳")  # fmt: skip


def make_rosters(cast: Cast) -> None:
    """Make twelve resident teams and two on call, and put two people each on duty by turns."""
    streets = [area.id for area in areas(level="street", on=cast.now)[:3]]
    departments = [unit for unit in units().values() if unit.kind == "department"]
    for number, unit in enumerate(departments):
        resident = unit.code not in ON_CALL
        team = actions.add_team(
            viewer=Viewer.system(current_tenant()),
            unit_id=unit.id,
            kind="resident" if resident else "on_call",
            name=f"{unit.name.removeprefix('县')}{'驻点组' if resident else '机动组'}",
            area_ids=streets if resident else (),
            now=cast.now,
        )
        _put_on_duty(cast, unit, team, _second(cast, unit, number), number)


def _second(cast: Cast, unit: UnitRow, number: int) -> Viewer:
    """Add a second member to a department."""
    system, since = Viewer.system(current_tenant()), cast.now - 400 * _DAY
    made = accounts.create_staff(
        viewer=system,
        username=f"zhudian-{unit.code.replace('_', '-')}",
        full_name=_NAMES[number % len(_NAMES)],
        now=since,
        by_password=False,
    )
    accounts.grant_role(
        viewer=system, user_id=made.user_id, role=Role.UNIT_MEMBER, unit_id=unit.id, now=since
    )
    return viewer_by_id(user_id=made.user_id, now=cast.now)


def _put_on_duty(cast: Cast, unit: UnitRow, team: UUID, second: Viewer, number: int) -> None:
    pair = (cast.members[unit.id], second)
    eight = localtime(cast.now).replace(hour=8, minute=0, second=0, microsecond=0)
    rows = []
    for day in range(-_DAYS_BACK, _DAYS_AHEAD):
        person = pair[day % 2]
        start = eight + day * _DAY
        if person.user_id is None or (unit.code == "urban_management" and day == _GAP):
            continue
        phone = f"1410001{number:02d}{day % 2 + 1:02d}"
        rows.append(
            ShiftRow(
                row=day,
                team="",
                person=person.name,
                starts_at=start,
                ends_at=start + _DAY,
                phone=phone,
                team_id=team,
                person_id=person.user_id,
            )
        )
    importing.bring_in(
        rows,
        viewer=Viewer.system(current_tenant()),
        unit_id=unit.id,
        name=f"{eight:%Y-%m}",
        now=eight - (_DAYS_BACK + 1) * _DAY,
    )


@dataclass(frozen=True, slots=True)
class Matter:
    """A call of the demo: whom, where, how far it has come, how long ago it began."""

    units: tuple[str, ...]
    urgency: str
    what: str
    address: str
    ago: timedelta
    until: str


MATTERS = (
    Matter(
        ("urban_management",), "urgent", "夜市摊贩占用消防通道，消防车无法通行，请到场清理。",
        "和顺御园北门消防通道", 2 * _DAY, "ended",
    ),
    Matter(
        ("housing_bureau",), "normal", "3号楼外墙保温层松动，有坠落风险，请到场查看并设置警戒。",
        "和顺御园3号楼", 26 * _HOUR, "rated",
    ),
    Matter(
        ("water_bureau",), "normal", "小区排水沟淤堵，积水倒灌地下室，请带疏通设备。",
        "和顺御园地下车库入口", 3 * _HOUR, "arrived",
    ),
    Matter(
        ("power_company",), "urgent", "配电箱冒火花，已疏散周边居民，请立即断电检修。",
        "和顺御园配电房", 1 * _HOUR, "called",
    ),
    Matter(
        ("market_supervision", "urban_management"), "urgent",
        "流动摊点售卖来路不明的液化气瓶，请两部门联合到场处置。",
        "和顺御园南门", 20 * _MINUTE, "signed_in",
    ),
)  # fmt: skip
_STAGES = ("called", "signed_in", "arrived", "reported", "rated", "ended")


def make_calls(cast: Cast) -> None:
    """Play the calls up to their states, one of them for a case, and ask for a swap."""
    assert cast.first_community is not None
    for number, matter in enumerate(MATTERS):
        _Play(cast, matter, number).run()
    _for_a_case(cast)
    _ask_to_swap(cast)


class _Play:
    """One call on its way."""

    def __init__(self, cast: Cast, matter: Matter, number: int) -> None:
        self.cast, self.matter, self.number = cast, matter, number
        self.clock, self.step = cast.now - matter.ago, 0
        assert cast.first_community is not None
        self.clerk = cast.clerks[cast.first_community]

    def run(self) -> None:
        wish = Wish(
            unit_ids=tuple(_unit(name) for name in self.matter.units),
            urgency=self.matter.urgency,
            what=self.matter.what,
            address=self.matter.address,
            area_id=self.cast.first_community,
        )
        opened = actions.open_call(doing=self._doing(self.clerk), wish=wish)
        first = _unit(self.matter.units[0])
        way = summons_id(self.clerk, number=opened.number, unit_id=first)
        for _ in self._steps(way, opened.call_id, self.cast.members[first]):
            continue
        for wait in (30 * _MINUTE, 40 * _MINUTE):
            then = self.cast.now - self.matter.ago + wait
            if then <= self.cast.now:
                for one in actions.due_ids(now=then):
                    actions.look_at(summons_id=one, now=then)

    def _steps(self, way: UUID, call_id: UUID, member: Viewer) -> Iterator[None]:
        reached = _STAGES.index(self.matter.until)
        yield
        if reached >= 1:
            actions.sign_in(summons_id=way, doing=self._doing(member, 7 * _MINUTE))
        if reached >= 2:
            doing = self._doing(member, 12 * _MINUTE)
            actions.arrive(summons_id=way, doing=doing, code=code.current(call_id, now=doing.now))
        if reached >= 3:
            actions.report(
                summons_id=way,
                doing=self._doing(member, 40 * _MINUTE),
                text="已到场处置完毕，现场恢复正常，并向周边居民说明情况。",
                uploads=(Upload("photo", picture("street", True)),),
            )
        if reached >= 4:
            doing = self._doing(self.clerk, 30 * _MINUTE)
            actions.rate(summons_id=way, doing=doing, points=(5, 5, 4), words="来得快，处理到位。")
        if reached >= 5:
            doing = self._doing(member, 30 * _MINUTE)
            actions.rate(summons_id=way, doing=doing, points=(5, 4, 5), words="位置说得清楚。")

    def _doing(self, viewer: Viewer, wait: timedelta = timedelta()) -> Doing:
        self.clock, self.step = self.clock + wait, self.step + 1
        return Doing(viewer, self.clock, uuid5(_NAMESPACE, f"{self.number}/{self.step}"))


def _unit(name: str) -> UUID:
    return next(unit.id for unit in units().values() if unit.code == name)


def _for_a_case(cast: Cast) -> None:
    """Call a department for an open case of the first community."""
    assert cast.first_community is not None
    clerk = cast.clerks[cast.first_community]
    rows = desk_queue(clerk, filters=Filters(which="open"), size=20).rows
    if rows:
        wish = Wish((_unit("housing_bureau"),), "normal", "此件牵涉房屋安全，请到场一并会商。")
        doing = Doing(clerk, cast.now, uuid5(_NAMESPACE, "case"))
        actions.call_units(case_id=rows[0].id, doing=doing, wish=wish)


def _ask_to_swap(cast: Cast) -> None:
    """Let the colleague of the ready team member ask to swap a coming duty."""
    member = cast.members[_unit("urban_management")]
    colleague = next(
        one
        for one in people_of_unit(unit_id=_unit("urban_management"), now=cast.now)
        if one.username.startswith("zhudian-")
    )
    viewer = viewer_by_id(user_id=colleague.id, now=cast.now)
    coming = [one for one in mine(viewer, now=cast.now).shifts if one.starts_at > cast.now]
    if coming and member.user_id is not None:
        doing = Doing(viewer, cast.now - 2 * _HOUR, uuid5(_NAMESPACE, "swap"))
        actions.ask_swap(
            doing=doing,
            shift_id=coming[0].id,
            to_id=member.user_id,
            words="孩子家长会，想请您代一天",
        )
