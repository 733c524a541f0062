"""Bring duties of a table in, and take a batch back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from onegrid.accounts.queries.staff import people_of_unit
from onegrid.accounts.viewer import Viewer
from onegrid.calls.actions.shifts import ShiftGiven as Given
from onegrid.calls.actions.shifts import check_span, drop, put
from onegrid.calls.models import DutyTeam, RosterBatch, Shift
from onegrid.calls.queries.rosters import must_edit
from onegrid.calls.terms import MAX_ROWS
from onegrid.common import tables
from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.common.tables import Bad, Outcome, Problem, Say, Spec, batch_name
from onegrid.common.tables.cells import moment, words

#: Column: other names it goes by.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "team": ("班组", "班组代码", "队伍"),
        "person": ("人员", "账号", "姓名"),
        "from": ("开始", "开始时间"),
        "to": ("结束", "结束时间"),
        "phone": ("电话", "值班电话"),
    }
)
NEEDED = ("team", "person", "from", "to")


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A good row; `read` fills in the ids."""

    row: int
    team: str
    person: str
    starts_at: datetime
    ends_at: datetime
    phone: str
    team_id: UUID | None = None
    person_id: UUID | None = None


Table = tables.Table[ShiftRow]


def _make(*, row: int, **cells: object) -> ShiftRow:
    given = {"starts_at": cells.pop("from"), "ends_at": cells.pop("to"), **cells}
    return ShiftRow(row=row, **given)  # type: ignore[arg-type]


def _phone(cell: str) -> str:
    if (cell and not all(one.isdigit() or one in "+- " for one in cell)) or len(cell) > 20:
        raise Bad(0, "", "shift.phone", value=cell[:20])
    return cell


SPEC: Spec[ShiftRow] = Spec(
    what="roster",
    columns=COLUMNS,
    needed=NEEDED,
    readers={
        "team": words(60, needed=True),
        "person": words(64, needed=True),
        "from": moment,
        "to": moment,
        "phone": _phone,
    },
    make=_make,
    key=lambda found: (found.person, found.starts_at),
    key_column="person",
    example=("water_bureau-1", "zhangwei", "2026-12-01 08:30", "2026-12-01 17:30", "13800000000"),
    twice="shift.twice",
)


def read(content: bytes, *, viewer: Viewer, unit_id: UUID, now: datetime) -> Table:
    """Read a table and check it against the teams, people and duties of a unit; write nothing.

    Raises:
        NotFound, Forbidden: the viewer does not keep the roster of the unit.
    """
    must_edit(viewer, unit_id)
    teams = {
        name: team.id
        for team in DutyTeam.objects.filter(unit_id=unit_id, is_active=True)
        for name in (team.code, team.name)
    }
    people = {
        name: one.id
        for one in people_of_unit(unit_id=unit_id, now=now)
        for name in (one.name, one.username)
    }

    def check(found: ShiftRow, say: Say) -> None:
        if found.team not in teams:
            say("team", "shift.team", value=found.team, known=", ".join(sorted(teams)))
        if found.person not in people:
            say("person", "shift.person_unknown", value=found.person)
        try:
            check_span(found.starts_at, found.ends_at, now=now)
        except Invalid as refusal:
            say("to", refusal.code, **refusal.params)

    table = tables.read(content, SPEC, check)
    table.rows = [
        replace(row, team_id=teams[row.team], person_id=people[row.person]) for row in table.rows
    ]
    if table.total > MAX_ROWS:
        table.problems.append(Problem(0, "", "shift.too_many", {"most": MAX_ROWS}))
    overlaps = dict(_overlaps(table.rows))
    table.keep(lambda row: overlaps.get(row.row))
    return table


def _overlaps(rows: Sequence[ShiftRow]) -> Iterator[tuple[int, Problem]]:
    """Yield rows whose person is on duty elsewhere, in the table or in the roster."""
    ids = {row.person_id for row in rows if row.person_id is not None}
    there: dict[UUID, list[Shift]] = {}
    for shift in Shift.objects.filter(person_id__in=ids, cancelled_at__isnull=True):
        there.setdefault(shift.person_id, []).append(shift)
    mine: dict[UUID | None, list[ShiftRow]] = {}
    for row in sorted(rows, key=lambda row: row.starts_at):
        earlier = next((one for one in mine.get(row.person_id, ()) if _meet(one, row)), None)
        if earlier is not None:
            yield row.row, Problem(row.row, "from", "shift.overlap_row", {"row": earlier.row})
        mine.setdefault(row.person_id, []).append(row)
        for shift in there.get(row.person_id, ()) if row.person_id else ():
            if _meet(shift, row) and not _same(shift, row):
                at = localtime(shift.starts_at).strftime("%Y-%m-%d %H:%M")
                yield row.row, Problem(row.row, "from", "shift.overlap_roster", {"at": at})


def _meet(one: Shift | ShiftRow, row: ShiftRow) -> bool:
    return one.starts_at < row.ends_at and row.starts_at < one.ends_at


def _same(shift: Shift, row: ShiftRow) -> bool:
    return (shift.team_id, shift.starts_at, shift.ends_at) == (
        row.team_id,
        row.starts_at,
        row.ends_at,
    )


@transaction.atomic
def bring_in(
    rows: Sequence[ShiftRow], *, viewer: Viewer, unit_id: UUID, name: str, now: datetime
) -> Outcome:
    """Put people on duty, all or nothing; duties that are there already stay as they are.

    Raises:
        NotFound, Forbidden: the viewer does not keep the roster of the unit.
        Invalid: the name of the batch cannot be used.
        Conflict: somebody was put on duty elsewhere meanwhile.
    """
    must_edit(viewer, unit_id)
    label = batch_name(name)
    teams = {team.id: team for team in DutyTeam.objects.filter(unit_id=unit_id)}
    names = {one.id: one.name for one in people_of_unit(unit_id=unit_id, now=now)}
    before = _count(unit_id)
    batch, _made = RosterBatch.objects.get_or_create(
        unit_id=unit_id, name=label, undone_at=None, defaults={"at": now, "by_id": viewer.user_id}
    )
    for row in rows:
        if row.team_id not in teams or row.person_id not in names:
            raise Conflict("roster.changed")
        given = Given(row.person_id, row.starts_at, row.ends_at, row.phone)
        put(teams[row.team_id], given, names[row.person_id], batch=batch)
    added = _count(unit_id) - before
    if not batch.shifts.exists():
        batch.delete()
    return Outcome(label, added, 0, len(rows) - added)


def _count(unit_id: UUID) -> int:
    return Shift.objects.filter(team__unit_id=unit_id, cancelled_at__isnull=True).count()


@transaction.atomic
def undo(*, viewer: Viewer, batch_id: UUID, now: datetime) -> int:
    """Take a batch back; return how many duties were taken off.

    Raises:
        NotFound: there is no such batch, or it is somebody else's.
        Forbidden: the viewer is not the head of the unit.
        Conflict: one of its duties has begun or was swapped.
    """
    batch = RosterBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("roster.not_found")
    must_edit(viewer, batch.unit_id)
    if batch.undone_at is not None:
        return 0
    rows = list(batch.shifts.select_for_update().filter(cancelled_at__isnull=True))
    if any(row.starts_at <= now or row.instead_of_id for row in rows):
        raise Conflict("roster.batch_used")
    drop(rows, now=now)
    RosterBatch.objects.filter(pk=batch.pk).update(undone_at=now)
    return len(rows)
