"""Bring a register of estates in from a table, and take a batch back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions import Doing
from onegrid.common import tables
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict, NotFound
from onegrid.common.tables import Bad, Outcome, Problem, Say, Spec, batch_name
from onegrid.common.tables.cells import count, moment, one_of, words
from onegrid.estates import standing
from onegrid.estates.actions.registering import EstateGiven, register, take_off
from onegrid.estates.models import Estate, EstateBatch, Statement, Step, Work
from onegrid.estates.queries.homes import free_buildings
from onegrid.estates.terms import (
    MAX_ADDRESS,
    MAX_NAME,
    MAX_ROWS,
    MAX_VALUE,
    NOTES,
    OLDEST_YEAR,
    SERVED,
    About,
    PathStage,
    ServiceKind,
)
from onegrid.grids.queries import AreaRow, areas
from onegrid.grids.terms import AreaLevel

BATCHES = "estates/"
#: Column: other names it goes by.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("小区", "小区名称"),
        "community": ("社区", "社区名称", "社区代码"),
        "kind": ("服务类型", "物业服务", "服务方式"),
        "source": ("信息来源", "来源"),
        "since": ("自何时起", "起始日期"),
        "compound": ("楼栋表小区名", "楼栋所属小区"),
        "address": ("地址",),
        "year": ("建成年份", "建成年代"),
        "committee": ("业主委员会", "业委会"),
        "parking": ("停车问题", "停车"),
        "charging": ("充电问题", "充电"),
        "roads": ("道路问题", "道路"),
        "greens": ("绿地问题", "绿地"),
        "stage": ("所处阶段", "阶段"),
        "day": ("阶段日期",),
        "due": ("下一步期限", "期限"),
    }
)
NEEDED = ("name", "community", "kind", "source")
_KINDS = {
    **{kind: str(kind) for kind in ServiceKind.values},
    "物业公司": ServiceKind.FIRM.value,
    "居民自治": ServiceKind.OWN.value,
    "业主自管": ServiceKind.OWN.value,
    "社区托管": ServiceKind.TRUST.value,
    "原单位": ServiceKind.OLD_UNIT.value,
    "原单位管理": ServiceKind.OLD_UNIT.value,
    "无": ServiceKind.NONE.value,
    "无物业": ServiceKind.NONE.value,
}
_STAGES = {
    **{stage: str(stage) for stage in PathStage.values},
    "摸底建档": PathStage.FOUND.value,
    "需求调查": PathStage.SURVEY.value,
    "居民议事": PathStage.TALK.value,
    "选定模式": PathStage.FORM.value,
    "业主同意": PathStage.AGREED.value,
    "合同生效": PathStage.CONTRACT.value,
    "服务运行": PathStage.RUNNING.value,
    "满年评估": PathStage.REVIEWED.value,
}
_COMMITTEE = {"yes": "yes", "no": "no", "有": "yes", "是": "yes", "无": "no", "否": "no"}


@dataclass(frozen=True, slots=True)
class EstateLine:
    """A good row; `read` fills in community and buildings."""

    row: int
    name: str
    community: str
    kind: str
    source: str
    since: date | None
    compound: str
    address: str
    year: int | None
    committee: str
    notes: Mapping[str, str]
    stage: str
    day: date | None
    due: date | None
    community_id: UUID | None = None
    building_ids: tuple[UUID, ...] = ()


Table = tables.Table[EstateLine]


def _day(cell: str) -> date | None:
    return localtime(moment(cell)).date() if cell else None


def _long_ago(cell: str) -> date | None:
    """Read a day that may lie before the year 2000; a year alone is its first day."""
    if not cell:
        return None
    parts = cell.replace("/", "-").replace(".", "-").split(" ")[0].split("-")
    try:
        year, month, day = (int(part) for part in [*parts, "1", "1"][:3])
        return date(year, month, day)
    except ValueError as error:
        raise Bad(0, "", "estate.day") from error


def _line(*, row: int, **cells: object) -> EstateLine:
    notes = {about.value: str(cells.pop(about.value)) for about in NOTES}
    return EstateLine(row=row, notes=notes, **cells)  # type: ignore[arg-type]


SPEC: Spec[EstateLine] = Spec(
    what="estates",
    columns=COLUMNS,
    needed=NEEDED,
    readers={
        "name": words(MAX_NAME, needed=True),
        "community": words(MAX_NAME, needed=True),
        "kind": one_of(_KINDS),
        "source": words(MAX_VALUE, needed=True),
        "since": _long_ago,
        "compound": words(MAX_NAME),
        "address": words(MAX_ADDRESS),
        "year": count,
        "committee": one_of(_COMMITTEE, default=""),
        **{about.value: words(MAX_VALUE) for about in NOTES},
        "stage": one_of(_STAGES, default=PathStage.FOUND.value),
        "day": _day,
        "due": _day,
    },
    make=_line,
    key=lambda found: (found.community, found.name),
    key_column="name",
    example=(
        "示例家属院", "示例社区", "无物业", "2026年1月社区摸底", "2019-06-01", "示例家属院",
        "示例路1号", "1996", "无", "无划线车位", "飞线充电", "路面破损", "绿地被占种菜", "需求调查",
        "2026-02-01", "2026-12-31",
    ),
    twice="estate.row_twice",
)  # fmt: skip


def template() -> str:
    """Return an empty table with its header and one example, as Excel opens it."""
    return tables.template(SPEC)


def read(content: bytes, *, viewer: Viewer, now: datetime) -> Table:
    """Read a table and find community and buildings of each estate; write nothing.

    Estates that are on the register already are left as they are.
    """
    known = _communities(viewer, now)

    def check(found: EstateLine, say: Say) -> None:
        if found.community not in known:
            say("community", "estate.unknown_community", value=found.community)
        _check(found, say, localtime(now).date())

    table = tables.read(content, SPEC, check)
    if table.total > MAX_ROWS:
        table.problems.append(Problem(0, "", "estate.too_many", {"most": MAX_ROWS}))
        return table
    table.rows = _placed(table.rows, known, now)
    there = _there()
    table.keep(lambda row: _unplaced(row, there))
    return table


def _check(found: EstateLine, say: Say, today: date) -> None:
    if found.year is not None and not OLDEST_YEAR <= found.year <= today.year:
        say("year", "estate.year", oldest=OLDEST_YEAR)
    if found.stage in SERVED and found.kind == ServiceKind.NONE:
        say("stage", "estate.stage")
    for column, day in (("since", found.since), ("day", found.day)):
        if day is not None and day > today:
            say(column, "estate.day_ahead")
    if found.due is not None and found.due <= (found.day or today):
        say("due", "estate.due")


def _communities(viewer: Viewer, now: datetime) -> dict[str, AreaRow]:
    rows = areas(level=AreaLevel.COMMUNITY, on=now)
    own = [row for row in rows if standing.may_edit(viewer, row.id)]
    return {name: row for row in own for name in (row.name, row.code)}


def _there() -> set[tuple[UUID | None, str]]:
    rows = Estate.objects.filter(removed_at__isnull=True)
    return set(rows.values_list("community_id", "name"))


def _placed(
    rows: Sequence[EstateLine], known: Mapping[str, AreaRow], now: datetime
) -> list[EstateLine]:
    """Give each row its community and the free buildings of its compound, each building once."""
    free: dict[UUID, dict[str, list[UUID]]] = {}
    placed = []
    for row in rows:
        community = known[row.community].id
        if community not in free:
            free[community] = {}
            for one in free_buildings(community, on=now):
                free[community].setdefault(one.compound, []).append(one.id)
        ids = tuple(free[community].pop(row.compound or row.name, ()))
        placed.append(replace(row, community_id=community, building_ids=ids))
    return placed


def _unplaced(row: EstateLine, there: set[tuple[UUID | None, str]]) -> Problem | None:
    if row.building_ids or (row.community_id, row.name) in there:
        return None
    value = {"value": row.compound or row.name}
    return Problem(row.row, "compound", "estate.unknown_compound", value)


@transaction.atomic
def bring_in(rows: Sequence[EstateLine], *, viewer: Viewer, name: str, now: datetime) -> Outcome:
    """Put the estates that are not there yet on the register, all or nothing.

    The same name again goes on with the same batch.

    Raises:
        Invalid: the name of the batch cannot be used.
        Conflict: the name is somebody else's, or one of the buildings was registered meanwhile.
    """
    label, there = batch_name(name), _there()
    new = [row for row in rows if (row.community_id, row.name) not in there]
    if new:
        batch, _made = EstateBatch.objects.get_or_create(
            name=label, undone_at=None, defaults={"at": now, "by_id": viewer.user_id}
        )
        if batch.by_id != viewer.user_id:
            raise Conflict("estate.batch_taken", field="batch", name=label)
        for row in new:
            register(doing=Doing(viewer, now, uuid7()), given=_given(row, viewer), batch=batch)
    return Outcome(BATCHES + label, len(new), 0, len(rows) - len(new))


def _given(row: EstateLine, viewer: Viewer) -> EstateGiven:
    if row.community_id is None:
        raise Conflict("estate.changed")
    said = {About.KIND.value: row.kind, About.COMMITTEE.value: row.committee, **row.notes}
    return EstateGiven(
        name=row.name,
        community_id=row.community_id,
        building_ids=row.building_ids,
        said={about: value for about, value in said.items() if value},
        source=row.source,
        address=row.address,
        year_built=row.year,
        since=row.since,
        stage=row.stage,
        day=row.day,
        due_on=row.due,
        person_id=viewer.user_id,
    )


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list."""

    id: UUID
    batch: str
    count: int
    at: datetime


def batches(*, viewer: Viewer) -> list[BatchRow]:
    """Return the batches that were not taken back and that the viewer may take back."""
    there = Estate.objects.filter(removed_at__isnull=True, batch__isnull=False)
    communities: dict[UUID, list[UUID]] = {}
    for batch_id, community_id in there.values_list("batch", "community"):
        if batch_id is not None:
            communities.setdefault(batch_id, []).append(community_id)
    return [
        BatchRow(row.id, BATCHES + row.name, len(communities[row.id]), row.at)
        for row in EstateBatch.objects.filter(pk__in=communities, undone_at=None).order_by("at")
        if all(standing.may_edit(viewer, one) for one in communities[row.id])
    ]


@transaction.atomic
def undo(*, viewer: Viewer, name: str, now: datetime) -> int:
    """Take a batch back that nobody has written about since; return how many estates it had.

    Raises:
        NotFound: there is no such batch, or it is somebody else's.
        Conflict: a step, statement or work was written about one of its estates.
    """
    batch = EstateBatch.objects.select_for_update().filter(name=name, undone_at=None).first()
    if batch is None or batch.id not in {row.id for row in batches(viewer=viewer)}:
        raise NotFound("batch.unknown", name=name)
    rows = list(batch.estates.select_for_update().filter(removed_at__isnull=True))
    later = {"estate__in": rows, "at__gt": F("estate__registered_at")}
    used = [
        *Step.objects.filter(**later).values_list("estate__name", flat=True)[:1],
        *Statement.objects.filter(**later).values_list("estate__name", flat=True)[:1],
        *Work.objects.filter(estate__in=rows).values_list("estate__name", flat=True)[:1],
    ]
    if used:
        raise Conflict("estate.batch_used", name=used[0])
    for row in rows:
        take_off(row, Doing(viewer, now, uuid5(batch.id, str(row.id))), _("Table taken back"))
    EstateBatch.objects.filter(pk=batch.pk).update(undone_at=now)
    return len(rows)
