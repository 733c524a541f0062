"""The ground of a draft: its buildings, what joins them and what keeps them apart.

It is read from the county once, when the draft is made, and kept with it as one compressed array
file; every later look at the draft is the same town.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onegrid.core.planning import Town

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LABEL = np.dtype("<i4")


@dataclass(frozen=True, eq=False)
class Ground:
    """n buildings, m pairs of neighbours; everything in metres.

    Attributes:
        ids: (n, 16) bytes of the ids of the buildings, in ascending order.
        today: (n,) place of today's grid in `grids`.
        grids: (k, 16) ids of today's grids.
        community: (n,) number of today's community.
        street: (n,) number of the street.
        cases: (n,) cases of the year before.

    The others are as in `core.planning.Town`.
    """

    ids: NDArray[np.uint8]
    xy: Floats
    households: Floats
    edges: Ints
    shared: Floats
    barrier: Ints
    compound: Ints
    area: Floats
    outer: Floats
    today: Ints
    grids: NDArray[np.uint8]
    community: Ints
    street: Ints
    cases: Floats

    def __len__(self) -> int:
        return len(self.households)

    def dump(self) -> bytes:
        """Return the ground as one compressed file of arrays."""
        out = io.BytesIO()
        np.savez_compressed(out, **{one.name: getattr(self, one.name) for one in fields(self)})
        return out.getvalue()

    @classmethod
    def load(cls, content: Any) -> Ground:
        """Read what `dump` wrote."""
        with np.load(io.BytesIO(bytes(content)), allow_pickle=False) as arrays:
            return cls(**{one.name: arrays[one.name] for one in fields(cls)})

    def building_ids(self) -> list[UUID]:
        """Return the ids of the buildings in their order."""
        return from_bytes(self.ids)

    def building_ids_of(self, rows: Ints) -> list[UUID]:
        """Return the ids of some buildings."""
        return from_bytes(self.ids[rows])

    def grid_ids(self) -> list[UUID]:
        """Return the ids of today's grids in their order."""
        return from_bytes(self.grids)

    def workload(self) -> Floats:
        """Return households and last year's cases, each for one half, in households."""
        total, cases = self.households.sum(), self.cases.sum()
        if cases == 0:
            return self.households
        both: Floats = 0.5 * self.households + 0.5 * self.cases * (total / cases)
        return both

    def walks(self, stations: Floats) -> Town:
        """Return the town as people walk in it, over the borders of streets and communities."""
        from onegrid.core.planning import make_town

        return make_town(
            xy=self.xy,
            households=self.households,
            edges=self.edges,
            barrier=self.barrier,
            stations=stations,
        )

    def town(self, *, communities_stay: bool, stations: Floats | None = None) -> Town:
        """Return the town as the planner reads it; no grid reaches over the border of a street.

        Args:
            communities_stay: nor over the border of a community.
            stations: (s, 2) where people are served.
        """
        from onegrid.core.planning import make_town

        border = self.community if communities_stay else self.street
        inside = border[self.edges[:, 0]] == border[self.edges[:, 1]]
        outer = self.outer.copy()
        for side in (0, 1):
            outer += np.bincount(self.edges[~inside, side], self.shared[~inside], len(self))
        return make_town(
            xy=self.xy,
            households=self.households,
            edges=self.edges[inside],
            shared=self.shared[inside],
            barrier=self.barrier[inside],
            compound=self.compound,
            area=self.area,
            outer=outer,
            today=self.today,
            workload=self.workload(),
            stations=stations,
        )


def to_bytes(ids: list[UUID]) -> NDArray[np.uint8]:
    """Return ids as rows of 16 bytes."""
    return np.frombuffer(b"".join(one.bytes for one in ids), dtype=np.uint8).reshape(-1, 16)


def from_bytes(rows: NDArray[np.uint8]) -> list[UUID]:
    """Return ids from rows of 16 bytes."""
    return [UUID(bytes=row.tobytes()) for row in rows]


def pack(labels: Ints) -> bytes:
    """Return labels as they are kept."""
    return np.asarray(labels, dtype=_LABEL).tobytes()


def unpack(content: Any) -> Ints:
    """Return labels from what is kept; empty before a first plan."""
    return np.frombuffer(bytes(content), dtype=_LABEL).astype(np.int64)
