"""A small invented county for tests: two communities, four square grids, every role once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone
from shapely import box

from onegrid.accounts.models import County, RoleGrant, User
from onegrid.accounts.queries import viewer_of
from onegrid.accounts.terms import ROLE_LEVEL, AccountKind, Role, ScopeLevel
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import Doing, Place, Receipt, Reporter, Request
from onegrid.common.tenancy.context import tenant_tx
from onegrid.grids import actions as grids
from onegrid.grids.ports import AreaInput, BuildingInput
from onegrid.grids.queries import areas
from onegrid.organisation import actions as organisation
from onegrid.organisation.queries import units
from onegrid.starter.build import build
from tests.snapshot import Snapshot

COUNTY = 370725
#: The real time, once for a process: tests that meet the real clock share one county too.
STARTED = timezone.now()
WEST, SOUTH, SIDE = 118.80, 36.70, 0.004
_LEVELS = {ScopeLevel.STREET: "S1", ScopeLevel.COMMUNITY: "C1", ScopeLevel.GRID: "G11"}


@dataclass(frozen=True)
class Town:
    """What a test needs to know of the county.

    Attributes:
        staff: the viewer of each role, in street S1, community C1, grid G11 or unit water_bureau.
        areas: ids by code (S1, C1, C2, G11, G12, G21, G22).
        units: ids by code (water_bureau, urban_management, community-C1 …).
        users: user names by role.
    """

    now: datetime
    staff: dict[Role, Viewer]
    users: dict[Role, User]
    areas: dict[str, UUID]
    units: dict[str, UUID]

    def viewer(self, role: Role) -> Viewer:
        return self.staff[role]


def square(column: int, row: int) -> object:
    """Return the outline of a grid: column and row count from the south-west."""
    x, y = WEST + column * SIDE, SOUTH + row * SIDE
    return box(x, y, x + SIDE, y + SIDE)


def middle(column: int, row: int) -> tuple[float, float]:
    """Return the middle of a grid."""
    return WEST + (column + 0.5) * SIDE, SOUTH + (row + 0.5) * SIDE


_GRIDS = {"G11": (0, 0, "C1"), "G12": (1, 0, "C1"), "G21": (0, 1, "C2"), "G22": (1, 1, "C2")}


def _places(now: datetime) -> None:
    whole = box(WEST - 0.1, SOUTH - 0.1, WEST + 0.2, SOUTH + 0.2)
    town = box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE)
    lower = box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE)
    upper = box(WEST, SOUTH + SIDE, WEST + 2 * SIDE, SOUTH + 2 * SIDE)
    rows = [
        AreaInput("county", str(COUNTY), "测试县", "", 1600, whole),
        AreaInput("street", "S1", "东街街道", str(COUNTY), 1600, town),
        AreaInput("community", "C1", "和平社区", "S1", 800, lower),
        AreaInput("community", "C2", "幸福社区", "S1", 800, upper),
    ]
    buildings = []
    for code, (column, row, community) in _GRIDS.items():
        rows.append(
            AreaInput("grid", code, f"第{code[1:]}网格", community, 400, square(column, row))
        )
        x, y = middle(column, row)
        for number in (1, 2):
            spot = box(x + number * 2e-4, y, x + number * 2e-4 + 1e-4, y + 1e-4)
            buildings.append(
                BuildingInput(
                    code,
                    f"{code}小区",
                    f"{number}号楼",
                    "residential",
                    f"{code}小区{number}号楼",
                    6,
                    3,
                    36,
                    spot,
                )
            )
    grids.adopt_places(
        now=now, areas=rows, buildings=buildings, valid_from=now - timedelta(days=4000)
    )


def _account(role: Role, areas_by_code: dict[str, UUID], unit: UUID, now: datetime) -> User:
    kind = AccountKind.RESIDENT if role is Role.RESIDENT else AccountKind.STAFF
    user = User.objects.create(
        tenant_id=COUNTY,
        username=f"{role.value}-{uuid4().hex[:6]}",
        kind=kind,
        full_name=f"测试{role.value}",
        phone="13800000001" if kind == AccountKind.RESIDENT else "",
        created_at=now,
        password="!",
    )
    if role is not Role.RESIDENT:
        level = ROLE_LEVEL[role]
        RoleGrant.objects.create(
            user_id=user.id,
            role=role,
            area_level=level,
            area_id=areas_by_code.get(_LEVELS.get(level, "")),
            unit_id=unit if level is ScopeLevel.UNIT else None,
            valid_from=now - timedelta(days=4000),
        )
    return user


_towns: Snapshot[Town] = Snapshot()


def make_town(now: datetime) -> Town:
    """Build the county inside an open `tenant_tx`, or put it back as it was built before."""
    return _towns.get(now, lambda: _built(now))


def _built(now: datetime) -> Town:
    build(now=now)
    _places(now)
    areas_by_code = {
        row.code: row.id
        for level in ("street", "community", "grid")
        for row in areas(level=level, on=now)
    }
    for code, name in (("C1", "和平社区居委会"), ("C2", "幸福社区居委会")):
        organisation.add_unit(
            kind="community", code=f"community-{code}", name=name, area_id=areas_by_code[code]
        )
    unit_ids = {unit.code: unit.id for unit in units().values()}
    users = {role: _account(role, areas_by_code, unit_ids["water_bureau"], now) for role in Role}
    staff = {role: viewer_of(user=user, now=now, verified=True) for role, user in users.items()}
    return Town(now, staff, users, areas_by_code, unit_ids)


@contextmanager
def county(now: datetime, code: int = COUNTY) -> Iterator[None]:
    """Make a county row and open its transaction."""
    County.objects.get_or_create(
        code=code, defaults={"name": "测试县", "hosts": [], "is_demo": True, "created_at": now}
    )
    with tenant_tx(code):
        yield


def report(
    town: Town,
    *,
    at: datetime | None = None,
    text: str = "楼下水管漏水，已经两天了",
    category: str = "water.leak",
    by: Role | None = Role.RESIDENT,
    point: tuple[float, float] | None = None,
    parts: tuple[str, ...] = (),
    phone: str = "",
) -> Receipt:
    """Open a case in grid G11 unless told otherwise."""
    lon, lat = point or middle(0, 0)
    viewer = town.viewer(by) if by else Viewer.anonymous(COUNTY)
    return actions.open_case(
        viewer=viewer,
        request=Request(
            text=text,
            place=Place(lon=lon, lat=lat),
            category_code=category,
            parts=parts,
            reporter=Reporter(phone=phone),
        ),
        now=at or town.now,
        key=uuid4(),
    )


def doing(town: Town, role: Role, at: datetime | None = None) -> Doing:
    """Return a fresh doing of a role's viewer."""
    return Doing(viewer=town.viewer(role), now=at or town.now, key=uuid4())
