"""Bring a whole table in, some rows a transaction; list batches; undo one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from onegrid.cases import reference
from onegrid.cases.importing import replay as old
from onegrid.cases.importing.table import RequestRow, Table
from onegrid.cases.models import Case, Clock, Step
from onegrid.cases.terms import IMPORTED, REPLAYED, VOID
from onegrid.common.refusals import Conflict, NotFound, Refusal
from onegrid.common.tables import Problem, batch_name
from onegrid.common.tenancy.context import current_tenant, tenant_tx
from onegrid.core.flow import Actor
from onegrid.grids.queries import place_of

#: Rows of one transaction: an interrupted import loses at most so many and goes on there.
ROWS_AT_ONCE = 40

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did."""

    batch: str
    opened: int
    there_before: int
    states: dict[str, int]
    classes: dict[str, int]


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list."""

    batch: str
    cases: int
    first: datetime
    last: datetime


def check_places(table: Table, *, now: datetime) -> None:
    """Move rows with an unknown category or a point out of the county to the bad ones."""
    table.keep(lambda row: _unknown(row, now))


def _unknown(row: RequestRow, now: datetime) -> Problem | None:
    if row.category and reference.category_by_code(row.category) is None:
        return Problem(row.row, "category", "row.category", {"value": row.category})
    if row.lon is None or row.lat is None:
        return None
    try:
        place_of(tenant_id=current_tenant(), lon=row.lon, lat=row.lat, on=now)
    except Refusal as refusal:
        return Problem(row.row, "lon", refusal.code, refusal.params)
    return None


def bring_in(
    rows: Sequence[RequestRow], *, tenant_id: int, name: str, replay: bool, report: Report
) -> Outcome:
    """Open a case for each row, and with ``replay`` take it to its answer.

    A row that was brought in before is left alone, so an import that was cut short is run again.

    Args:
        report: told after each transaction how many rows are done and how many there are.

    Raises:
        Invalid: the name of the batch cannot be used.
        Conflict: the county has no unit to dispatch to.
    """
    batch = (REPLAYED if replay else IMPORTED) + batch_name(name)
    with tenant_tx(tenant_id):
        there = set(Case.objects.filter(batch=batch).values_list("external_id", flat=True))
        times_undone = len(_voids(name))
        assessor = old.Assessor()
    wanted = [row for row in rows if row.id not in there]
    key_batch = f"{batch}#{times_undone}"
    states: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        part = wanted[start : start + ROWS_AT_ONCE]
        with tenant_tx(tenant_id):
            for row in part:
                case = _one(row, tenant_id, batch, key_batch, assessor, replay=replay)
                states[case[0]] += 1
                classes[case[1]] += 1
        report(min(start + ROWS_AT_ONCE, len(wanted)), len(wanted))
    return Outcome(batch, len(wanted), len(rows) - len(wanted), dict(states), dict(classes))


def _one(
    row: RequestRow,
    tenant_id: int,
    batch: str,
    key_batch: str,
    assessor: old.Assessor,
    *,
    replay: bool,
) -> tuple[str, str]:
    """Bring one row in; return state and class of its case."""
    viewer = old.importer(tenant_id)
    receipt = old.open_row(row, viewer=viewer, batch=batch, key_batch=key_batch)
    if not replay or row.replied_at is None:
        found = Case.objects.filter(pk=receipt.case_id).values_list("state", "case_class").get()
        return str(found[0]), str(found[1])
    case = old.replay_row(
        receipt.case_id,
        row,
        tenant_id=tenant_id,
        assessed=assessor.assess(row),
        key_batch=key_batch,
    )
    return str(case.state), str(case.case_class)


def batches() -> list[BatchRow]:
    """Return the batches of the current county, by name."""
    rows = (
        Case.objects.exclude(batch="")
        .values_list("batch")
        .annotate(n=Count("id"), first=Min("opened_at"), last=Max("opened_at"))
        .order_by("batch")
    )
    return [BatchRow(*row) for row in rows]


def _voids(name: str) -> list[str]:
    """Return the batches of this name that were undone before."""
    found = Case.objects.filter(batch__startswith=f"{VOID}{name}~").values_list("batch", flat=True)
    return sorted(set(found.order_by()))


def undo(name: str) -> int:
    """Put a batch aside that nobody has worked on, and return the number of its cases.

    Steps are history and cannot be deleted by anybody, so the cases stay, marked as void: they are
    in no queue, no figure and no list, and their clocks are not looked at any more.

    Raises:
        NotFound: there is no such batch.
        Conflict: a person has done something to one of its cases.
    """
    found = Case.objects.filter(batch__in=[REPLAYED + name, IMPORTED + name])
    count = found.count()
    if not count:
        raise NotFound("batch.unknown", name=name)
    touched = (
        Step.objects.filter(case__in=found)
        .exclude(actor_id__in=[old.IMPORTER_ID, old.CHECKER_ID])
        .exclude(relation=Actor.SYSTEM)
        .values_list("case__number", flat=True)
        .distinct()
        .order_by("case__number")
    )
    numbers = list(touched)
    if numbers:
        raise Conflict("batch.touched", count=len(numbers), numbers=", ".join(numbers[:3]))
    Clock.objects.filter(case__in=found).update(next_mark_at=None)
    found.update(batch=f"{VOID}{name}~{len(_voids(name)) + 1}")
    return count
