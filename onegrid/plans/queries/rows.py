"""What pages get of a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onegrid.plans.figures import Figures
from onegrid.plans.limits import Standing
from onegrid.plans.ports import DraftWish
from onegrid.plans.queries.edits import EditRow
from onegrid.plans.stations import Stations


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the list.

    Attributes:
        standing: how its plan stands to what is possible; None when no run has looked.
        share: how far a run is, 0 to 1; None when none is on its way.
    """

    id: UUID
    name: str
    status: str
    status_label: str
    scope_id: UUID
    scope_name: str
    least: int
    most: int
    community_least: int | None
    community_most: int | None
    made_by_name: str
    made_at: datetime
    changed_at: datetime
    version: int
    before: Figures
    after: Figures | None
    standing: Standing | None
    share: float | None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A grid of a draft.

    Attributes:
        today_id, today_name: the grid of today it goes on with; None and empty when it is new.
        station, walk: the station nearest to its middle, empty without stations, and the mean walk
            there in metres, None where no way leads there.
        miss: None, or why it is not as asked for: reason, crossed, least, most, proved.
    """

    number: int
    code: str
    name: str
    community_code: str
    community_name: str
    today_id: UUID | None
    today_name: str
    buildings: int
    households: int
    cases: int
    rms: float
    compactness: float
    within: bool
    connected: bool
    station: str
    walk: float | None
    miss: dict[str, Any] | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class CommentRow:
    """What somebody said of a draft; the community is empty for the street or the county."""

    at: datetime
    by_name: str
    community_name: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A step towards adoption, or away from it."""

    deed: str
    label: str
    at: datetime
    by_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of the planner.

    Attributes:
        again: how often it was taken up again after an interruption.
        silent: it has not been heard of for long and waits to be taken up again.
    """

    id: UUID
    state: str
    label: str
    asked_at: datetime
    ended_at: datetime | None
    cancel: bool
    stage: str
    share: float
    elapsed: float
    grids: int
    rms: float
    within: float
    fault: str
    again: int = 0
    silent: bool = False


@dataclass(frozen=True, slots=True)
class AdoptionRow:
    """A draft that becomes the plan on a day."""

    id: UUID
    draft_id: UUID
    draft_name: str
    effective_on: date
    effective_at: datetime
    at: datetime
    by_name: str
    applied_at: datetime | None
    moved_at: datetime | None
    cases_moved: int
    revoked_at: datetime | None
    may_revoke: bool


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft in full; `may` names the actions that the viewer can take on it now."""

    row: DraftRow
    wish: DraftWish
    stations: Stations
    grids: tuple[GridRow, ...]
    comments: tuple[CommentRow, ...]
    decisions: tuple[DecisionRow, ...]
    edits: tuple[EditRow, ...]
    run: RunRow | None
    adoption: AdoptionRow | None
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class DraftBuilding:
    """A building of a draft.

    Attributes:
        number: its grid in the draft, -1 before a first plan.
        moves: its grid of today does not go on as that.
    """

    id: UUID
    lon: float
    lat: float
    compound: str
    address: str
    households: int
    today_id: UUID
    today_name: str
    number: int
    moves: bool


@dataclass(frozen=True, slots=True)
class Mover:
    """Buildings of a compound that go from one grid to another."""

    compound: str
    old_name: str
    new_name: str
    buildings: int
    households: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What adoption would change.

    Attributes:
        grids_ended, grids_added: grids that end, and that begin.
        cases: open cases in grids that end.
        people: accounts with a role for an area that ends.
    """

    households: int
    buildings: int
    grids_ended: int
    grids_added: int
    cases: int
    people: int


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """A street or the county, for which the viewer may make a draft."""

    id: UUID
    name: str
    level: str
    households: int
    grids: int
