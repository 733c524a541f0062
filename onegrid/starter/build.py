"""Give a county its first reference data through the actions; it changes them as it likes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from importlib.resources import files
from uuid import UUID

from onegrid.cases.actions import ladder, questions, setup
from onegrid.cases.clocks import UNIT_CALENDAR
from onegrid.core.calendar import WALL_CLOCK
from onegrid.core.clock import ClockKind
from onegrid.duties import actions as duties
from onegrid.organisation import actions as organisation

_NO_HOURS: list[tuple[int, int]] = []
#: Office hours of departments: Monday to Friday 08:30–12:00 and 13:30–17:30.
_OFFICE_DAY = [(510, 720), (810, 1050)]
#: Grid duty: every day 07:30–21:00.
_GRID_DAY = [(450, 1260)]
_SEED = "“一般问题1小时解决、重大问题1天解决、复杂问题1周内形成解决方案”（人民网，昌乐县）"
_LAW = "潍坊市12345政务服务便民热线条例 第二十条"
_CALLBACK = "潍坊市12345政务服务便民热线条例 第二十五条"
#: The promises hold from long before, so that old requests can be replayed against them.
_SINCE = date(2000, 1, 1)

#: clock, class, calendar, minutes, working days, basis
_POLICIES: tuple[tuple[ClockKind, str, str, int | None, int | None, str], ...] = (
    (ClockKind.RESPONSE, "general", "grid", 30, None, _SEED),
    (ClockKind.RESPONSE, "major", "grid", 120, None, _SEED),
    (ClockKind.RESPONSE, "complex", UNIT_CALENDAR, None, 1, _SEED),
    (ClockKind.SOLUTION, "general", "grid", 60, None, _SEED),
    (ClockKind.SOLUTION, "major", WALL_CLOCK.code, 24 * 60, None, _SEED),
    (ClockKind.PLAN, "complex", WALL_CLOCK.code, 7 * 24 * 60, None, _SEED),
    (ClockKind.LEGAL, "", "office", None, 5, _LAW),
    (ClockKind.SIGN, "general", "grid", 10, None, _SEED),
    (ClockKind.SIGN, "major", "grid", 120, None, _SEED),
    (ClockKind.SIGN, "complex", UNIT_CALENDAR, None, 1, _SEED),
    (ClockKind.CALLBACK, "", "office", None, 3, _CALLBACK),
)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("onegrid.starter") / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def build(*, now: datetime) -> None:
    """Write the starter set of the current county; writing it twice changes nothing."""
    office = organisation.define_calendar(
        code="office",
        name="机关工作时间",
        weekly=[_OFFICE_DAY] * 5 + [_NO_HOURS] * 2,
        follows_holidays=True,
    )
    grid = organisation.define_calendar(
        code="grid", name="网格值守时间", weekly=[_GRID_DAY] * 7, follows_holidays=False
    )
    always = organisation.define_calendar(
        code="always", name="全天值守", weekly=[_NO_HOURS] * 7, follows_holidays=False, always=True
    )
    organisation.fill_official_days(years=range(now.year - 8, now.year + 2))
    units = _units({"office": office, "grid": grid, "always": always})
    for clock, case_class, calendar, minutes, days, basis in _POLICIES:
        setup.define_policy(
            clock=clock,
            case_class=case_class,
            calendar=calendar,
            minutes=minutes,
            working_days=days,
            basis=basis,
            valid_from=_SINCE,
        )
    for row in _rows("law.csv"):
        duties.define_rule(
            regulation=row["regulation"],
            article=int(row["article"]),
            title=row["title"],
            text=row["text"],
            parameter=row["parameter"],
            amount=int(row["amount"]) if row["amount"] else None,
            valid_from=_SINCE,
        )
    _categories(units)
    for position, row in enumerate(_rows("questions.csv")):
        questions.define_question(
            category=row["category"],
            question=questions.question_from(row),
            position=position,
        )
    for row in _rows("texts.csv"):
        setup.define_text(**row)
    _oversight()


def _oversight() -> None:
    """Write the escalation ladder and the rules that put a case under supervision."""
    for row in _rows("ladder.csv"):
        given = ladder.RungGiven(
            percent=int(row["percent"]),
            receiver=row["receiver"],
            clocks=tuple(row["clocks"].split()),
            sms=row["sms"] == "yes",
        )
        ladder.define_rung(given=given)
    for row in _rows("watch_rules.csv"):
        rule = ladder.RuleGiven(
            code=row["code"],
            trigger=int(row["trigger"]),
            kind=row["kind"],
            fact=row["fact"],
            at_least=int(row["at_least"]),
            reply_days=int(row["reply_days"]),
            basis=row["basis"],
        )
        ladder.define_watch_rule(given=rule, valid_from=_SINCE)


def _units(calendars: dict[str, UUID]) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for position, row in enumerate(_rows("units.csv")):
        found[row["code"]] = organisation.add_unit(
            kind=row["kind"],
            code=row["code"],
            name=row["name"],
            phone=row["phone"],
            calendar_id=calendars[row["calendar"]],
            position=position,
        )
    return found


def _categories(units: dict[str, UUID]) -> None:
    for position, row in enumerate(_rows("categories.csv")):
        setup.define_category(
            code=row["code"],
            parent_code=row["parent"],
            name=row["name"],
            name_en=row["name_en"],
            default_class=row["case_class"] or "general",
            unit_id=units.get(row["unit"]),
            icon=row["icon"],
            words=tuple(row["words"].split()),
            position=position,
            radius_m=int(row["radius_m"]) if row["radius_m"] else None,
            personal=bool(row["personal"]),
        )
