"""What a table of duties looks like, and how its rows are read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from django.utils.timezone import localtime

from onegrid.common import tables
from onegrid.common.tables import Bad, Say, Spec
from onegrid.common.tables.cells import one_of, optional_moment, words
from onegrid.duties import queries
from onegrid.duties.terms import ListKind, Owner
from onegrid.organisation.queries import units

#: Column: other names it goes by.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "list": ("清单", "清单类型"),
        "code": ("编号", "事项编号", "代码"),
        "heading": ("类别", "事项类别"),
        "title": ("事项", "事项名称"),
        "basis": ("依据", "法律依据", "设定依据"),
        "owner": ("责任单位", "承办单位"),
        "categories": ("诉求分类", "对应分类"),
        "words": ("关键词",),
        "instead": ("替代方式", "办理替代方式"),
        "from": ("生效日期", "施行日期"),
    }
)
NEEDED = ("list", "code", "heading", "title", "basis")
MAX_WORD = 24
_KINDS = {
    **{kind: str(kind) for kind in ListKind.values},
    "街道": ListKind.STREET.value,
    "街道职责": ListKind.STREET.value,
    "社区": ListKind.COMMUNITY.value,
    "社区事项": ListKind.COMMUNITY.value,
    "取消证明": ListKind.ABOLISHED.value,
}
_OWNERS = {
    "": Owner.STREET,
    "street": Owner.STREET,
    "街道": Owner.STREET,
    "community": Owner.COMMUNITY,
    "社区": Owner.COMMUNITY,
}
#: Whose an item is when the cell is empty.
_USUAL = {
    ListKind.STREET.value: Owner.STREET,
    ListKind.COMMUNITY.value: Owner.COMMUNITY,
    ListKind.ABOLISHED.value: Owner.STREET,
}


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A good row; `read` fills in owner and first day."""

    row: int
    kind: str
    code: str
    heading: str
    title: str
    basis: str
    owner_cell: str
    categories: tuple[str, ...]
    words: tuple[str, ...]
    instead: str
    since: datetime | None
    owner: str = ""
    owner_unit_id: UUID | None = None
    valid_from: date = date.min


def _several(cell: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(cell.replace("、", " ").replace("，", " ").split()))
    if any(len(word) > MAX_WORD for word in found):
        raise Bad(0, "", "duty.words", most=MAX_WORD)
    return found


def _make(*, row: int, **values: object) -> DutyRow:
    names = {"list": "kind", "owner": "owner_cell", "from": "since"}
    return DutyRow(row=row, **{names.get(name, name): value for name, value in values.items()})  # type: ignore[arg-type]


SPEC = Spec(
    what="duties",
    columns=COLUMNS,
    needed=NEEDED,
    readers={
        "list": one_of(_KINDS),
        "code": words(24, needed=True),
        "heading": words(60, needed=True),
        "title": words(200, needed=True),
        "basis": words(200, needed=True),
        "owner": words(40),
        "categories": _several,
        "words": _several,
        "instead": words(500),
        "from": optional_moment,
    },
    make=_make,
    key=lambda found: found.code,
    key_column="code",
    example=(
        "street", "S-08-03", "城市管理", "占道经营的巡查和劝导", "某条例第十二条",
        "urban_management", "order.stalls", "占道 摆摊", "", "2026-01-01",
    ),
)  # fmt: skip

Table = tables.Table[DutyRow]


def template() -> str:
    """Return an empty table with its header and one example, as Excel opens it."""
    return tables.template(SPEC)


def read(content: bytes, *, categories: frozenset[str], now: datetime) -> Table:
    """Read a table and check it against units, categories and the versions in force.

    Args:
        categories: codes of the categories of cases.
    """
    check = _Check(categories, localtime(now).date())
    table = tables.read(content, SPEC, check)
    table.rows = [check.whole(row) for row in table.rows]
    return table


class _Check:
    """Checks a row with what the rows before it said of its list."""

    def __init__(self, categories: frozenset[str], today: date) -> None:
        self._categories = categories
        self._today = today
        self._units = {unit.code: unit.id for unit in units().values()}
        self._days: dict[str, date] = {}
        self._open = {row.kind: row for row in queries.lists() if row.valid_to is None}
        self._codes = {
            item.code: row.kind for row in self._open.values() for item in queries.items_of(row.id)
        }

    def __call__(self, found: DutyRow, say: Say) -> None:
        cell = found.owner_cell.strip()
        if cell and cell not in self._units and cell.lower() not in _OWNERS:
            say("owner", "duty.owner", value=cell)
        for code in found.categories:
            if code not in self._categories:
                say("categories", "duty.category", value=code)
        self._check_certificate(found, say)
        self._check_day(found, say)
        other = self._codes.get(found.code)
        if other is not None and other != found.kind:
            say("code", "duty.code_taken", list=ListKind(other).label)

    def _check_certificate(self, found: DutyRow, say: Say) -> None:
        if found.kind != ListKind.ABOLISHED:
            return
        if not found.instead:
            say("instead", "duty.instead")
        if not found.words:
            say("words", "duty.words", most=MAX_WORD)

    def _check_day(self, found: DutyRow, say: Say) -> None:
        day = localtime(found.since).date() if found.since else None
        known = self._days.get(found.kind)
        if day is not None and known is not None and day != known:
            say("from", "duty.day", value=day.isoformat())
        if known is None:
            self._days[found.kind] = day or self._today
            before = self._open.get(found.kind)
            if before is not None and self._days[found.kind] <= before.valid_from:
                say("from", "duty.early", day=before.valid_from.isoformat())

    def whole(self, found: DutyRow) -> DutyRow:
        """Return a row with its owner and first day."""
        cell = found.owner_cell.strip()
        unit = self._units.get(cell)
        if unit is not None:
            owner: str = Owner.UNIT
        else:
            owner = _OWNERS[cell.lower()] if cell else _USUAL[found.kind]
        return replace(found, owner=owner, owner_unit_id=unit, valid_from=self._days[found.kind])
