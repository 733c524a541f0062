"""Write the good rows of a table of duties as new versions; take a batch back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, ProtectedError

from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.common.tables import Outcome, batch_name
from onegrid.duties import queries
from onegrid.duties.importing.rows import DutyRow
from onegrid.duties.models import DutyBatch, DutyItem, DutyList

BATCHES = "duties/"


@transaction.atomic
def bring_in(
    rows: Sequence[DutyRow],
    *,
    name: str,
    now: datetime,
    by: UUID | None = None,
    is_demo: bool = False,
    source: str = "",
) -> Outcome:
    """Write each list of a table as a new version; the versions before end on its first day.

    A list whose rows are the same as those in force stays as it is.

    Args:
        source: where the lists come from, shown beside them; the name of the batch if empty.

    Raises:
        Invalid: there is no row, or the name of the batch cannot be used.
        Conflict: a batch of this name stands.
    """
    plain = batch_name(name)
    if not rows:
        raise Invalid("duties.nothing", field="file")
    if DutyBatch.objects.filter(name=plain, undone_at__isnull=True).exists():
        raise Conflict("duties.batch_twice", field="batch", name=plain)
    batch = DutyBatch.objects.create(name=plain, at=now, by=by)
    same = 0
    for kind in dict.fromkeys(row.kind for row in rows):
        own = [row for row in rows if row.kind == kind]
        if _stands(kind, own):
            same += len(own)
        else:
            _new_list(batch, kind, own, is_demo=is_demo, source=source or plain)
    if same == len(rows):
        batch.delete()
    queries.clear()
    return Outcome(BATCHES + plain, len(rows) - same, 0, same)


def _stands(kind: str, rows: Sequence[DutyRow]) -> bool:
    """Tell whether the version in force says the same."""
    last = DutyList.objects.filter(kind=kind, valid_to__isnull=True).first()
    if last is None:
        return False
    there = [
        (item.code, item.heading, item.title, item.basis, item.owner, item.owner_unit_id,
         tuple(item.category_codes), tuple(item.words), item.instead)
        for item in DutyItem.objects.filter(duty_list_id=last.pk).order_by("position")
    ]  # fmt: skip
    return there == [
        (row.code, row.heading, row.title, row.basis, row.owner, row.owner_unit_id,
         row.categories, row.words, row.instead)
        for row in rows
    ]  # fmt: skip


def _new_list(
    batch: DutyBatch, kind: str, rows: Sequence[DutyRow], *, is_demo: bool, source: str
) -> None:
    last = DutyList.objects.filter(kind=kind).aggregate(last=Max("version"))["last"] or 0
    DutyList.objects.filter(kind=kind, valid_to__isnull=True).update(valid_to=rows[0].valid_from)
    made = DutyList.objects.create(
        kind=kind,
        version=last + 1,
        source=source,
        valid_from=rows[0].valid_from,
        is_demo=is_demo,
        batch_id=batch.pk,
    )
    DutyItem.objects.bulk_create(
        DutyItem(
            duty_list_id=made.pk,
            position=place,
            code=row.code,
            heading=row.heading,
            title=row.title,
            basis=row.basis,
            owner=row.owner,
            owner_unit_id=row.owner_unit_id,
            category_codes=list(row.categories),
            words=list(row.words),
            instead=row.instead,
        )
        for place, row in enumerate(rows, start=1)
    )


@transaction.atomic
def undo(name: str, *, now: datetime) -> int:
    """Take the newest batch back: its versions go, those before hold again; return their items.

    Raises:
        NotFound: there is no such batch.
        Conflict: a later batch stands, or a case cites one of its items.
    """
    standing = DutyBatch.objects.select_for_update().filter(undone_at=None).order_by("-at", "-id")
    found = list(standing)
    batch = next((row for row in found if row.name == name), None)
    if batch is None:
        raise NotFound("batch.unknown", name=name)
    if found[0] != batch:
        raise Conflict("duties.batch_older", name=found[0].name)
    count = sum(_take_back(row) for row in DutyList.objects.filter(batch_id=batch.pk))
    DutyBatch.objects.filter(pk=batch.pk).update(undone_at=now)
    queries.clear()
    return count


def _take_back(row: DutyList) -> int:
    """Delete a version that nothing cites, and let the one before it hold again."""
    items = list(DutyItem.objects.filter(duty_list_id=row.pk))
    for item in items:
        try:
            item.delete()
        except ProtectedError as error:
            raise Conflict("duties.batch_used", code=item.code) from error
    kind, since = row.kind, row.valid_from
    row.delete()
    DutyList.objects.filter(kind=kind, valid_to=since).update(valid_to=None)
    return len(items)
