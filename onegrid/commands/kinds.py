"""The kinds of tables that ``import`` knows, and how each of them speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from onegrid.accounts.queries import county_codes
from onegrid.accounts.viewer import Viewer
from onegrid.cases import importing as requests
from onegrid.cases.reference import categories
from onegrid.commands.prepare import progress_bar
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Refusal
from onegrid.common.tables import Outcome, Table
from onegrid.common.tenancy.context import current_tenant, tenant_tx
from onegrid.duties import importing as duties
from onegrid.duties import queries as duty_queries
from onegrid.estates import importing as estates
from onegrid.grids import importing as places
from onegrid.grids.importing import buildings, registering
from onegrid.organisation import importing as units
from onegrid.plans.layers.register import drafted
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import language, words


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in the list of all kinds."""

    batch: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table.

    Attributes:
        read: content, replay or not, and the time; inside a transaction of the county.
        bring_in: good rows, county, name of the batch, replay or not.
        done: how many rows an outcome stands for.
        said, undone: sentences on what was done and taken back.
    """

    template: Callable[[], str]
    read: Callable[[bytes, bool, datetime], Table[Any]]
    bring_in: Callable[[Table[Any], int, str, bool], Any]
    done: Callable[[Any], int]
    said: Callable[[Any], str]
    batches: Callable[[], Sequence[BatchLine]]
    undo: Callable[[str, datetime], int]
    undone: Callable[[int], str]


@contextmanager
def spoken() -> Iterator[None]:
    """Speak the language of the terminal; a refusal becomes the command's own."""
    with translation.override("zh-hans" if language() == "zh" else "en"):
        try:
            yield
        except Refusal as refusal:
            raise Refused(text(refusal)) from refusal


def county_of(code: int) -> int:
    """Return the county to work in.

    Raises:
        Refused: it does not exist, or there are several and none was named.
    """
    known = county_codes()
    wanted = code or settings.DEFAULT_TENANT or (known[0] if len(known) == 1 else 0)
    if wanted in known:
        return wanted
    listed = ", ".join(map(str, known)) or "-"
    raise Refused(
        words(f"Name a county by --county: {listed}", f"请用 --county 指明县：{listed}"), Exit.USAGE
    )


def by_batch(name: str) -> tuple[Kind, str]:
    """Return the kind that a full name of a batch speaks of, and the plain name."""
    prefix, slash, plain = name.partition("/")
    if not slash:
        return KINDS["requests"], name
    return KINDS.get(prefix, KINDS["requests"]), plain


def _read_requests(content: bytes, replay: bool, now: datetime) -> Table[Any]:
    table = requests.read(content, replay=replay, now=now)
    requests.check_places(table, now=now)
    return table


def _open_requests(table: Table[Any], code: int, name: str, replay: bool) -> requests.Outcome:
    with progress_bar() as report:
        what = words("requests", "诉求")
        return requests.bring_in(
            table.rows,
            tenant_id=code,
            name=name,
            replay=replay,
            report=lambda done, total: report(what, done, total),
        )


def _opened(outcome: requests.Outcome) -> str:
    return words(
        f"Batch {outcome.batch}: {outcome.opened} cases opened, "
        f"{outcome.there_before} were there before.",
        f"批次 {outcome.batch}：新建 {outcome.opened} 件，已有 {outcome.there_before} 件。",
    )


def _added(outcome: Outcome) -> str:
    return words(
        f"Batch {outcome.batch}: {outcome.added} added, {outcome.changed} changed, "
        f"{outcome.there_before} were there before.",
        f"批次 {outcome.batch}：新增 {outcome.added} 个，更改 {outcome.changed} 个，"
        f"原有 {outcome.there_before} 个。",
    )


def _write_places(table: Table[Any], code: int, name: str, _replay: bool) -> Outcome:
    with tenant_tx(code):
        return places.bring_in(table.rows, name=name, now=timezone.now())


def _write_buildings(table: Table[Any], code: int, name: str, _replay: bool) -> Outcome:
    with tenant_tx(code):
        return registering.bring_in(table.rows, name=name, now=timezone.now())


def _write_units(table: Table[Any], code: int, name: str, _replay: bool) -> Outcome:
    with tenant_tx(code):
        return units.bring_in(table.rows, name=name, now=timezone.now())


def _itself() -> Viewer:
    return Viewer.system(current_tenant())


def _write_estates(table: Table[Any], code: int, name: str, _replay: bool) -> Outcome:
    with tenant_tx(code):
        return estates.bring_in(table.rows, viewer=_itself(), name=name, now=timezone.now())


def _read_duties(content: bytes, _replay: bool, now: datetime) -> Table[Any]:
    known = frozenset(row.code for row in categories.get().values())
    return duties.read(content, categories=known, now=now)


def _write_duties(table: Table[Any], code: int, name: str, _replay: bool) -> Outcome:
    with tenant_tx(code):
        return duties.bring_in(table.rows, name=name, now=timezone.now())


def _duty_batches() -> list[BatchLine]:
    return [
        BatchLine(
            duties.BATCHES + row.name,
            sum(len(duty_queries.items_of(one.id)) for one in row.lists),
            row.at,
            row.at,
        )
        for row in duty_queries.batches()
    ]


def _taken_back(count: int) -> str:
    return words(f"Taken back: {count}.", f"已撤销 {count} 条。")


KINDS: Mapping[str, Kind] = {
    "requests": Kind(
        template=requests.template,
        read=_read_requests,
        bring_in=_open_requests,
        done=lambda outcome: int(outcome.opened),
        said=_opened,
        batches=lambda: [
            BatchLine(row.batch, row.cases, row.first, row.last) for row in requests.batches()
        ],
        undo=lambda name, _now: requests.undo(name),
        undone=lambda count: words(f"{count} cases are void now.", f"已将 {count} 件标为作废。"),
    ),
    "places": Kind(
        template=places.template,
        read=lambda content, _replay, now: places.read(content, now=now),
        bring_in=_write_places,
        done=lambda outcome: int(outcome.added + outcome.changed),
        said=_added,
        batches=lambda: [
            BatchLine(row.batch, row.count, row.at, row.at) for row in places.batches()
        ],
        undo=lambda name, now: places.undo(name, now=now),
        undone=_taken_back,
    ),
    "buildings": Kind(
        template=buildings.template,
        read=lambda content, _replay, now: buildings.read(content, now=now),
        bring_in=_write_buildings,
        done=lambda outcome: int(outcome.added),
        said=_added,
        batches=lambda: [
            BatchLine(row.batch, row.count, row.at, row.at) for row in registering.batches()
        ],
        undo=lambda name, now: registering.undo(name, now=now, used=drafted).total,
        undone=_taken_back,
    ),
    "units": Kind(
        template=units.template,
        read=lambda content, _replay, now: units.read(content, now=now),
        bring_in=_write_units,
        done=lambda outcome: int(outcome.added + outcome.changed),
        said=_added,
        batches=lambda: [
            BatchLine(row.batch, row.count, row.at, row.at) for row in units.batches()
        ],
        undo=lambda name, now: units.undo(name, now=now),
        undone=_taken_back,
    ),
    "duties": Kind(
        template=duties.template,
        read=_read_duties,
        bring_in=_write_duties,
        done=lambda outcome: int(outcome.added),
        said=_added,
        batches=_duty_batches,
        undo=lambda name, now: duties.undo(name, now=now),
        undone=_taken_back,
    ),
    "estates": Kind(
        template=estates.template,
        read=lambda content, _replay, now: estates.read(content, viewer=_itself(), now=now),
        bring_in=_write_estates,
        done=lambda outcome: int(outcome.added),
        said=_added,
        batches=lambda: [
            BatchLine(row.batch, row.count, row.at, row.at)
            for row in estates.batches(viewer=_itself())
        ],
        undo=lambda name, now: estates.undo(viewer=_itself(), name=name, now=now),
        undone=_taken_back,
    ),
}
