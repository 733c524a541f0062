"""What a plan is asked for, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from onegrid.core.planning.town import Barrier, Bools, Ints, TownError


@dataclass(frozen=True, slots=True)
class Band:
    """The least and the most households of a grid, both allowed."""

    least: float
    most: float

    def __post_init__(self) -> None:
        """Check the band.

        Raises:
            TownError: ``band.bad``.
        """
        if not 0 <= self.least <= self.most or self.most <= 0:
            raise TownError("band.bad")

    def holds(self, households: float) -> bool:
        """Tell whether a number of households lies in the band."""
        return self.least - 1e-9 <= households <= self.most + 1e-9

    def counts(self, households: float) -> range:
        """Return into how many grids so many households fit by number alone; may be empty."""
        fewest = max(1, int(-(-(households - 1e-9) // self.most)))
        most = int((households + 1e-9) // self.least) if self.least > 0 else int(households) + 1
        return range(fewest, most + 1)


#: The usual weight of few changes where there are grids of today; see docs/methods/planning.md.
FEW_CHANGES = 0.6


@dataclass(frozen=True, slots=True)
class Wishes:
    """How much each wish weighs against compactness, which weighs 1; 0 leaves it out.

    Attributes:
        borders: short borders between grids, along roads rather than through yards.
        workload: equal workload.
        change: few households that change their grid (needs `Town.today`).
        station: the way of the households to the station of their grid (needs `Town.stations`).
    """

    borders: float = 0.0
    workload: float = 0.0
    change: float = 0.0
    station: float = 0.0


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to improve. The first of the two that is reached ends the search.

    Attributes:
        seconds: wall time; the best plan so far is returned, also before the first improvement.
            What has no grids by then is divided roughly; for a million buildings that takes
            about a second.
        rounds: rounds of improvement; with rounds alone the same seed gives the same plan.
    """

    seconds: float | None = 10.0
    rounds: int | None = None


@dataclass(frozen=True, eq=False)
class Progress:
    """What is known while a plan is made.

    Attributes:
        stage: ``prepare``, ``first``, ``improve`` or ``prove``.
        share: done so far, 0 to 1.
        rms: root mean square distance to the middle of the own grid, metres; 0 before a first plan.
        within: share of the grids within the band.
        labels: makes the grid of every building at this moment; costs time, so ask rarely.
    """

    stage: str
    share: float
    seconds: float
    grids: int = 0
    rms: float = 0.0
    within: float = 0.0
    labels: Callable[[], Ints] | None = None


#: Told now and then; planning goes on while it answers True.
Watch = Callable[[Progress], bool]


class Reason(StrEnum):
    """Why a grid is not as asked for."""

    #: fewer households behind barriers than the band asks for
    ISLAND = "island"
    #: no number of grids fits the households behind the barriers
    NO_COUNT = "no_count"
    #: one building, or a compound that cannot be divided, has more households than the band allows
    TOO_BIG = "too_big"
    #: no connected cut within the band exists, or none was found
    SHAPE = "shape"


@dataclass(frozen=True, slots=True)
class Miss:
    """A grid that is out of the band or reaches across a barrier, and the least that would mend it.

    Attributes:
        grid: its number in the plan.
        crossed: the barrier it reaches across; None when it is out of the band instead.
        least, most: the nearest band that would hold for this grid.
        proved: no plan can do without it, not only none that was found.
    """

    reason: Reason
    grid: int
    households: float
    crossed: Barrier | None = None
    least: float = 0.0
    most: float = 0.0
    proved: bool = False

    @property
    def unavoidable(self) -> bool:
        """Whether no plan can do without it: by arithmetic, or because `prove` has shown it."""
        return self.proved or self.reason is not Reason.SHAPE


@dataclass(frozen=True, eq=False)
class Plan:
    """A grid for each building.

    Attributes:
        labels: (n,) number of the grid, 0 to `grids` - 1.
        misses: grids that are not as asked for; empty when all are.
        score: what was made small: moment of inertia plus the wishes, household square metres.
        rounds: rounds of improvement that were made.
        too_many: grids beyond the most that were asked for, as where barriers leave more pieces.
    """

    labels: Ints
    grids: int
    misses: tuple[Miss, ...]
    score: float
    seed: int
    rounds: int
    seconds: float
    too_many: int = 0


@dataclass(frozen=True, eq=False)
class Asked:
    """All that a plan is asked for.

    Attributes:
        band: households of a grid.
        most_grids: at most so many grids; None for as many as the middle of the band suggests.
        kept: (n,) buildings whose grid of today stays as it is.
        join_below: what lies behind barriers is joined to a neighbour across the weakest barrier
            when it has less than this share of the least households; with more it stays a small
            grid of its own.
    """

    band: Band
    most_grids: int | None = None
    wishes: Wishes = field(default_factory=Wishes)
    kept: Bools | None = None
    join_below: float = 0.9
