"""Read the lists of duties: what is in force on a day, by code, by words, version by version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from onegrid.common.refusals import NotFound
from onegrid.common.tenant_cache import TenantCache
from onegrid.core.triage import words_in
from onegrid.duties.models import DutyBatch, DutyItem, DutyList
from onegrid.duties.terms import ListKind, Owner
from onegrid.organisation.queries import UnitRow, unit_of_area, units


@dataclass(frozen=True, slots=True)
class ListRow:
    """A version of a list; ``valid_to`` is the first day on which it holds no more."""

    id: UUID
    kind: str
    version: int
    source: str
    valid_from: date
    valid_to: date | None
    is_demo: bool

    def holds(self, on: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    @property
    def label(self) -> str:
        """Name of the kind of list, in the reader's language."""
        return str(ListKind(self.kind).label)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of a version."""

    id: UUID
    list_id: UUID
    kind: str
    code: str
    heading: str
    title: str
    basis: str
    owner: str
    owner_unit_id: UUID | None
    category_codes: tuple[str, ...]
    words: tuple[str, ...]
    instead: str

    @property
    def owner_name(self) -> str:
        """Name of the unit that owns it, or which unit of the place does."""
        unit = units().get(self.owner_unit_id) if self.owner_unit_id else None
        return unit.name if unit is not None else str(Owner(self.owner).label)

    def for_category(self, code: str) -> bool:
        """Tell whether it is offered first for a category of cases or the one above it."""
        return bool(code) and not {code, code.split(".", maxsplit=1)[0]}.isdisjoint(
            self.category_codes
        )


@dataclass(frozen=True, slots=True)
class _Known:
    lists: tuple[ListRow, ...]
    items: dict[UUID, ItemRow]


def _load() -> _Known:
    lists = DutyList.objects.order_by("kind", "version").values_list(*ListRow.__slots__)
    rows = DutyItem.objects.order_by("duty_list__kind", "duty_list__version", "position")
    found = rows.values_list(
        "id", "duty_list_id", "duty_list__kind", "code", "heading", "title", "basis", "owner",
        "owner_unit_id", "category_codes", "words", "instead",
    )  # fmt: skip
    items = (ItemRow(*row[:9], tuple(row[9]), tuple(row[10]), row[11]) for row in found)
    return _Known(tuple(ListRow(*row) for row in lists), {item.id: item for item in items})


_known: TenantCache[_Known] = TenantCache(_load)


def lists(*, kind: str = "") -> tuple[ListRow, ...]:
    """Return the versions of the lists, the newest of each kind last."""
    return tuple(row for row in _known.get().lists if kind in {"", row.kind})


def list_in_force(kind: str, *, on: date) -> ListRow | None:
    """Return the version of a list in force on a day."""
    return next((row for row in lists(kind=kind) if row.holds(on)), None)


def list_of(kind: str, version: int) -> ListRow:
    """Return a version of a list.

    Raises:
        NotFound: there is none.
    """
    for row in lists(kind=kind):
        if row.version == version:
            return row
    raise NotFound("duties.no_version", kind=kind, version=version)


def items_of(list_id: UUID) -> tuple[ItemRow, ...]:
    """Return the items of a version in their order."""
    return tuple(item for item in _known.get().items.values() if item.list_id == list_id)


def item(item_id: UUID | None) -> ItemRow | None:
    """Return an item of any version by its id; one that another process brought in is read anew."""
    if item_id is None:
        return None
    found = _known.get().items.get(item_id)
    if found is None:
        _known.clear()
        found = _known.get().items.get(item_id)
    return found


def items_in_force(
    *, on: date, kinds: Sequence[str] = (ListKind.STREET, ListKind.COMMUNITY)
) -> tuple[ItemRow, ...]:
    """Return the items of some lists in force on a day."""
    found = [list_in_force(kind, on=on) for kind in kinds]
    return tuple(one for row in found if row is not None for one in items_of(row.id))


def item_by_code(code: str, *, on: date) -> ItemRow | None:
    """Return the duty or grid matter with a code, as it is in force on a day."""
    return next((row for row in items_in_force(on=on) if row.code == code.strip()), None)


def find_items(
    search: str, *, on: date, kinds: Sequence[str] = tuple(ListKind.values)
) -> tuple[ItemRow, ...]:
    """Return the items in force that hold every word searched for, in code, title or words."""
    wanted = search.split()
    return tuple(
        row
        for row in items_in_force(on=on, kinds=kinds)
        if all(
            word.casefold()
            in f"{row.code} {row.heading} {row.title} {row.instead} "
            f"{' '.join(row.words)} {row.owner_name}".casefold()
            for word in wanted
        )
    )


def offered(
    *, category: str, text: str, on: date
) -> tuple[tuple[ItemRow, ...], tuple[ItemRow, ...]]:
    """Return the items of a category, those whose words occur first, and all the others."""
    rows = items_in_force(on=on)
    said = {row.id: len(words_in(text, row.words)) for row in rows}
    near = [row for row in rows if row.for_category(category) or said[row.id]]
    near.sort(key=lambda row: -(said[row.id] + row.for_category(category)))
    first = {row.id for row in near}
    return tuple(near), tuple(row for row in rows if row.id not in first)


def certificates_in(text: str, *, on: date) -> tuple[ItemRow, ...]:
    """Return the abolished certificates that a text asks for, by their words."""
    rows = items_in_force(on=on, kinds=(ListKind.ABOLISHED,))
    return tuple(row for row in rows if words_in(text, row.words))


def owner_unit(
    row: ItemRow, *, community_id: UUID | None, street_id: UUID | None
) -> UnitRow | None:
    """Return the unit that owns an item at a place, or None where there is none yet."""
    if row.owner == Owner.UNIT:
        return units().get(row.owner_unit_id) if row.owner_unit_id else None
    return unit_of_area(community_id if row.owner == Owner.COMMUNITY else street_id)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch that was not taken back."""

    name: str
    at: datetime
    lists: tuple[ListRow, ...]


def batches() -> tuple[BatchRow, ...]:
    """Return the batches that stand, the newest first."""
    by_id = {row.id: row for row in lists()}
    made: dict[UUID, list[ListRow]] = {}
    for pk, batch_id in DutyList.objects.order_by("kind").values_list("id", "batch_id"):
        if pk in by_id:
            made.setdefault(batch_id, []).append(by_id[pk])
    rows = DutyBatch.objects.filter(undone_at__isnull=True).order_by("-at", "-id")
    return tuple(BatchRow(row.name, row.at, tuple(made.get(row.id, ()))) for row in rows)


@dataclass(frozen=True, slots=True)
class Difference:
    """How two versions of a list differ; a changed item comes as (before, after)."""

    added: tuple[ItemRow, ...]
    gone: tuple[ItemRow, ...]
    changed: tuple[tuple[ItemRow, ItemRow], ...]
    same: int


_COMPARED = (
    "heading",
    "title",
    "basis",
    "owner",
    "owner_unit_id",
    "category_codes",
    "words",
    "instead",
)


def compare(first: ListRow, second: ListRow) -> Difference:
    """Return what was added, left out and changed between two versions, by code."""
    before = {row.code: row for row in items_of(first.id)}
    after = {row.code: row for row in items_of(second.id)}
    both = [(before[code], row) for code, row in after.items() if code in before]
    changed = tuple(
        (one, two)
        for one, two in both
        if any(getattr(one, name) != getattr(two, name) for name in _COMPARED)
    )
    return Difference(
        added=tuple(row for code, row in after.items() if code not in before),
        gone=tuple(row for code, row in before.items() if code not in after),
        changed=changed,
        same=len(both) - len(changed),
    )


def clear() -> None:
    """Forget cached lists."""
    _known.clear()
