"""Teams, duties, tables brought in, gaps and swaps (S62)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localtime
from openpyxl import Workbook

from onegrid.accounts.terms import Role
from onegrid.calls import actions, importing
from onegrid.calls.actions import ShiftGiven
from onegrid.calls.models import DutyTeam, RosterBatch, Shift, Swap
from onegrid.calls.queries.duty import Spot, answering
from onegrid.calls.queries.rosters import gaps, mine, month, swap_receipt, teams
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from tests.calls.people import COLLEAGUE_PHONE, DAY, HOUR, Roster, colleague, told

CELL = "%Y-%m-%d %H:%M"


def rows_of(roster: Roster, *rows: tuple[str, str, datetime, datetime, str]) -> bytes:
    """Return an Excel file with a Chinese header."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["班组", "人员", "开始时间", "结束时间", "值班电话"])
    for team, person, start, end, phone in rows:
        times = [localtime(one).strftime(CELL) for one in (start, end)]
        sheet.append([team, person, *times, phone])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(roster: Roster, content: bytes) -> importing.Table:
    return importing.read(
        content, viewer=roster.head, unit_id=roster.town.units["water_bureau"], now=roster.now
    )


def bring(roster: Roster, table: importing.Table, name: str = "march") -> Any:
    return importing.bring_in(
        table.rows, viewer=roster.head, unit_id=roster.town.units["water_bureau"], name=name,
        now=roster.now,
    )  # fmt: skip


def answering_unit(roster: Roster, at: datetime, unit: str = "water_bureau") -> Any:
    spot = Spot(roster.town.areas["C1"], roster.town.areas["S1"])
    return {one.unit_id: one for one in answering(spot=spot, now=at)}.get(roster.town.units[unit])


def test_the_team_on_duty_is_found_by_the_roster(roster: Roster) -> None:
    on = answering_unit(roster, roster.now + HOUR)
    assert [shift.person_id for shift in on.shifts] == [roster.member.user_id]
    assert answering_unit(roster, roster.now + 8 * HOUR).shifts == ()
    assert answering_unit(roster, roster.now, "police") is None


def test_a_team_of_the_community_comes_before_that_of_the_street_and_teams_on_call_help_out(
    roster: Roster,
) -> None:
    town = roster.town
    unit = town.units["water_bureau"]
    near = actions.add_team(
        viewer=roster.head, unit_id=unit, kind="resident", name="和平组",
        area_ids=[town.areas["C1"]], now=town.now,
    )  # fmt: skip
    spare = actions.add_team(
        viewer=roster.head, unit_id=unit, kind="on_call", name="机动组", now=town.now
    )
    assert answering_unit(roster, roster.now).team.id == roster.team, "somebody is on duty there"
    assert roster.colleague.user_id is not None
    for team, start in ((near, roster.now), (spare, roster.now + 8 * HOUR)):
        actions.add_shift(
            viewer=roster.head, team_id=team, now=roster.now,
            given=ShiftGiven(roster.colleague.user_id, start, start + 8 * HOUR),
        )  # fmt: skip
    assert answering_unit(roster, roster.now + HOUR).team.id == near
    assert answering_unit(roster, roster.now + 9 * HOUR).team.id == spare


def test_nobody_is_on_duty_in_two_places_at_once_by_constraint(roster: Roster) -> None:
    other = actions.add_team(
        viewer=roster.head, unit_id=roster.town.units["water_bureau"], kind="on_call",
        name="机动组", now=roster.now,
    )  # fmt: skip
    assert roster.member.user_id is not None
    given = ShiftGiven(roster.member.user_id, roster.now + HOUR, roster.now + 2 * HOUR)
    with pytest.raises(Conflict, match=r"shift.overlap"):
        actions.add_shift(viewer=roster.head, team_id=other, given=given, now=roster.now)
    with pytest.raises(IntegrityError, match="shift_one_place"), transaction.atomic():
        Shift.objects.create(
            team_id=other, person_id=given.person_id, person_name="x",
            starts_at=given.starts_at, ends_at=given.ends_at,
        )  # fmt: skip
    next_ = ShiftGiven(roster.member.user_id, roster.now + 8 * HOUR, roster.now + 9 * HOUR)
    actions.add_shift(viewer=roster.head, team_id=other, given=next_, now=roster.now)


def test_the_same_duty_and_the_same_team_twice_are_one(roster: Roster) -> None:
    assert roster.member.user_id is not None
    given = ShiftGiven(roster.member.user_id, roster.now, roster.now + 8 * HOUR)
    again = actions.add_shift(viewer=roster.head, team_id=roster.team, given=given, now=roster.now)
    assert again == roster.shift
    made = actions.add_team(
        viewer=roster.head, unit_id=roster.town.units["water_bureau"], kind="resident",
        name="东街驻点组", area_ids=[roster.town.areas["C1"]], now=roster.now,
    )  # fmt: skip
    assert made == roster.team
    assert DutyTeam.objects.get(pk=made).area_ids == [roster.town.areas["C1"]]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [(2, 1, "shift.backwards"), (1, 24 * 8, "shift.too_long"), (-5, -1, "shift.past")],
)
def test_a_duty_that_cannot_be_is_refused(roster: Roster, start: int, end: int, code: str) -> None:
    assert roster.colleague.user_id is not None
    given = ShiftGiven(roster.colleague.user_id, roster.now + start * HOUR, roster.now + end * HOUR)
    with pytest.raises(Invalid, match=code):
        actions.add_shift(viewer=roster.head, team_id=roster.team, given=given, now=roster.now)


def test_only_the_head_of_the_unit_changes_its_roster(roster: Roster) -> None:
    assert roster.member.user_id is not None
    given = ShiftGiven(roster.member.user_id, roster.now + DAY, roster.now + DAY + HOUR)
    with pytest.raises(Forbidden, match=r"roster.only_head"):
        actions.add_shift(viewer=roster.member, team_id=roster.team, given=given, now=roster.now)
    stranger = colleague(roster.town, "police", "赵警官", role=Role.UNIT_HEAD)
    for viewer in (stranger, roster.clerk, roster.town.viewer(Role.DISPATCHER)):
        with pytest.raises(NotFound):
            actions.cancel_shift(viewer=viewer, shift_id=roster.shift, now=roster.now - HOUR)
    with pytest.raises(NotFound):
        month(stranger, team_id=roster.team, first=date(2026, 3, 1), now=roster.now)
    assert [row.name for row in teams(stranger, now=roster.now)] == []
    assert [row.name for row in teams(roster.clerk, now=roster.now)] == ["东街驻点组"]


def test_a_stranger_to_the_unit_is_not_put_on_duty(roster: Roster) -> None:
    stranger = colleague(roster.town, "police", "赵警官")
    assert stranger.user_id is not None
    given = ShiftGiven(stranger.user_id, roster.now, roster.now + HOUR)
    with pytest.raises(Invalid, match=r"shift.person"):
        actions.add_shift(viewer=roster.head, team_id=roster.team, given=given, now=roster.now)


def test_an_excel_roster_is_checked_brought_in_and_taken_back(roster: Roster) -> None:
    name = roster.member.name
    start = roster.now + DAY
    table = read(roster, rows_of(
        roster,
        ("东街驻点组", "李梅", start, start + 12 * HOUR, "13800000012"),
        ("water_bureau-1", name, start + 12 * HOUR, start + DAY, ""),
    ))  # fmt: skip
    assert table.problems == []
    outcome = bring(roster, table)
    assert (outcome.added, outcome.there_before) == (2, 0)
    again = bring(roster, table, "again")
    assert (again.added, again.there_before) == (0, 2)
    assert RosterBatch.objects.count() == 1, "an empty batch is none"
    assert [s.person_name for s in answering_unit(roster, start + HOUR).shifts] == ["李梅"]

    batch = RosterBatch.objects.get()
    assert importing.undo(viewer=roster.head, batch_id=batch.pk, now=roster.now) == 2
    assert importing.undo(viewer=roster.head, batch_id=batch.pk, now=roster.now) == 0
    assert answering_unit(roster, start + HOUR).shifts == ()
    assert bring(roster, read(roster, rows_of(
        roster, ("东街驻点组", "李梅", start, start + HOUR, "")))).added == 1  # fmt: skip


def test_every_bad_row_of_a_table_is_named_with_its_remedy(roster: Roster) -> None:
    start, member = roster.now + DAY, roster.member.name
    table = read(roster, rows_of(
        roster,
        ("没有这个组", "李梅", start + DAY, start + DAY + HOUR, ""),
        ("东街驻点组", "不认识", start, start + HOUR, ""),
        ("东街驻点组", "李梅", start + HOUR / 2, start, ""),
        ("东街驻点组", "李梅", start, start + 2 * HOUR, ""),
        ("东街驻点组", "李梅", start + HOUR, start + 3 * HOUR, ""),
        ("东街驻点组", member, roster.now + HOUR, roster.now + 2 * HOUR, ""),
        ("东街驻点组", member, start, start + HOUR, "电话"),
    ))  # fmt: skip
    assert [(one.row, one.column, one.code) for one in table.problems] == [
        (2, "team", "shift.team"),
        (3, "person", "shift.person_unknown"),
        (4, "to", "shift.backwards"),
        (6, "from", "shift.overlap_row"),
        (7, "from", "shift.overlap_roster"),
        (8, "phone", "shift.phone"),
    ]
    assert all("%(" not in one.remedy for one in table.problems)
    assert [row.row for row in table.rows] == [5]
    assert Shift.objects.count() == 1, "reading writes nothing"


def test_a_batch_with_a_duty_that_has_begun_stays(roster: Roster) -> None:
    start = roster.now + HOUR
    bring(roster, read(roster, rows_of(roster, ("东街驻点组", "李梅", start, start + HOUR, ""))))
    batch = RosterBatch.objects.get()
    with pytest.raises(Conflict, match=r"roster.batch_used"):
        importing.undo(viewer=roster.head, batch_id=batch.pk, now=start + HOUR / 2)
    with pytest.raises(NotFound):
        importing.undo(viewer=roster.clerk, batch_id=batch.pk, now=roster.now)


def test_the_month_shows_when_nobody_is_on_duty(roster: Roster) -> None:
    # office hours of the water bureau: 08:30-12:00 and 13:30-17:30; on duty from 09:00 to 17:00
    shown = month(roster.head, team_id=roster.team, first=date(2026, 3, 1), now=roster.now)
    monday = next(day for day in shown.days if day.day == date(2026, 3, 2))
    spans = [tuple(f"{localtime(end):%H:%M}" for end in span) for span in monday.gaps]
    assert spans == [("08:30", "09:00"), ("17:00", "17:30")]
    sunday = next(day for day in shown.days if day.day == date(2026, 3, 8))
    assert sunday.gaps == () and sunday.begin == (), "no duty hours on Sundays"
    assert len(shown.days) == 31
    assert {one.name for one in shown.people} >= {"李梅"}


def test_gaps_are_what_no_duty_covers() -> None:
    at = datetime(2026, 3, 2)
    hour = [at + timedelta(hours=n) for n in range(13)]
    assert gaps([(hour[8], hour[12])], []) == ((hour[8], hour[12]),)
    assert gaps([(hour[8], hour[12])], [(hour[7], hour[10]), (hour[9], hour[11])]) == (
        (hour[11], hour[12]),
    )
    assert gaps([(hour[8], hour[12])], [(hour[9], hour[10]), (hour[0], hour[8])]) == (
        (hour[8], hour[9]),
        (hour[10], hour[12]),
    )


class Pair:
    """A duty of tomorrow of the member, and one of the colleague."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.start = roster.now + DAY
        self.mine = self.put(roster.member.user_id, self.start, "13800000021")
        self.theirs = self.put(roster.colleague.user_id, self.start + DAY, "13800000022")

    def put(self, person: UUID | None, start: datetime, phone: str) -> UUID:
        assert person is not None
        return actions.add_shift(
            viewer=self.roster.head, team_id=self.roster.team, now=self.roster.now,
            given=ShiftGiven(person, start, start + 8 * HOUR, phone),
        )  # fmt: skip

    def ask(self, other: UUID | None = None, **more: Any) -> UUID:
        to = self.roster.colleague.user_id
        assert to is not None
        doing = more.pop("doing", None) or self.roster.doing(self.roster.member)
        return actions.ask_swap(doing=doing, shift_id=self.mine, to_id=to, other_id=other, **more)

    def on_duty(self, at: datetime) -> list[tuple[str, str]]:
        return [(one.person_name, one.phone) for one in answering_unit(self.roster, at).shifts]


def test_a_swap_is_asked_by_one_and_accepted_by_the_other_with_a_receipt(roster: Roster) -> None:
    pair = Pair(roster)
    swap = pair.ask(pair.theirs, words="家中有事")
    assert told("swap_asked") == [COLLEAGUE_PHONE]
    assert [one.pk for one in mine(roster.colleague, now=roster.now).asked_of_me] == [swap]
    later = roster.now + HOUR
    actions.answer_swap(viewer=roster.colleague, swap_id=swap, yes=True, now=later)
    assert pair.on_duty(pair.start + HOUR) == [("李梅", "13800000022")]
    assert pair.on_duty(pair.start + DAY + HOUR) == [(roster.member.name, "13800000021")]
    receipt = swap_receipt(roster.member, swap_id=swap)
    assert (receipt.asked_name, receipt.asked_at) == (roster.member.name, roster.now)
    assert (receipt.to_name, receipt.answered_at) == ("李梅", later)
    for viewer in (roster.colleague, roster.head, roster.town.viewer(Role.SUPERVISOR)):
        assert swap_receipt(viewer, swap_id=swap).pk == swap
    with pytest.raises(NotFound):
        swap_receipt(roster.clerk, swap_id=swap)
    actions.answer_swap(viewer=roster.colleague, swap_id=swap, yes=True, now=later + HOUR)
    assert Shift.objects.filter(cancelled_at__isnull=True).count() == 3


def test_a_swap_that_would_put_somebody_on_duty_twice_changes_nothing(roster: Roster) -> None:
    pair = Pair(roster)
    swap = pair.ask()
    pair.put(roster.colleague.user_id, pair.start - HOUR, "")
    with pytest.raises(Conflict, match=r"shift.overlap"), transaction.atomic():
        actions.answer_swap(viewer=roster.colleague, swap_id=swap, yes=True, now=roster.now)
    assert Swap.objects.get(pk=swap).state == "asked"
    assert Shift.objects.get(pk=pair.mine).cancelled_at is None


def test_only_the_one_who_was_asked_answers_and_only_once(roster: Roster) -> None:
    pair = Pair(roster)
    doing = roster.doing(roster.member)
    swap = pair.ask(doing=doing)
    assert pair.ask(doing=doing) == swap, "the same key is the same request"
    with pytest.raises(Conflict, match=r"swap.asked_already"):
        pair.ask()
    for viewer in (roster.member, roster.head):
        with pytest.raises(NotFound):
            actions.answer_swap(viewer=viewer, swap_id=swap, yes=True, now=roster.now)
    actions.answer_swap(viewer=roster.colleague, swap_id=swap, yes=False, now=roster.now)
    with pytest.raises(Conflict, match=r"swap.over"):
        actions.answer_swap(viewer=roster.colleague, swap_id=swap, yes=True, now=roster.now)
    again = pair.ask()
    actions.withdraw_swap(viewer=roster.member, swap_id=again, now=roster.now)
    with pytest.raises(Conflict, match=r"swap.over"):
        actions.answer_swap(viewer=roster.colleague, swap_id=again, yes=True, now=roster.now)


def test_a_duty_that_is_taken_off_takes_its_swap_along(roster: Roster) -> None:
    pair = Pair(roster)
    swap = pair.ask()
    actions.cancel_shift(viewer=roster.head, shift_id=pair.mine, now=roster.now)
    assert Swap.objects.get(pk=swap).state == "withdrawn"
    with pytest.raises(Conflict, match=r"shift.begun"):
        actions.cancel_shift(viewer=roster.head, shift_id=roster.shift, now=roster.now)


def test_the_history_of_calls_cannot_be_changed(roster: Roster) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, 'calls_event', 'UPDATE')")
        assert cursor.fetchone() == (False,)
