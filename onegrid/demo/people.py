"""Units and accounts of the demo county."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings

from onegrid.accounts import actions as accounts
from onegrid.accounts.queries import viewer_by_id
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.tenancy.context import current_tenant
from onegrid.demo import PASSWORD, RESIDENT_PHONE, STAFF
from onegrid.grids.ports import Progress
from onegrid.grids.queries import AreaRow, areas
from onegrid.organisation import actions as organisation
from onegrid.organisation.queries import units

FIRST_COMMUNITIES = 2
AUTHENTICATORS = "demo-authenticators.json"
WITH_AUTHENTICATOR = "diaodu2"
_PRINTED = {username for username, _, _ in STAFF} | {WITH_AUTHENTICATOR}
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
_GIVEN = ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛",
          "明", "超", "秀兰", "霞", "平", "桂英", "建国", "海燕", "志强", "晓东")  # fmt: skip


@dataclass
class Cast:
    """Who acts in the demo; every viewer is a real account with a real grant."""

    now: datetime
    resident: Viewer
    county: dict[Role, Viewer] = field(default_factory=dict)
    clerks: dict[UUID, Viewer] = field(default_factory=dict)
    secretaries: dict[UUID, Viewer] = field(default_factory=dict)
    workers: dict[UUID, Viewer] = field(default_factory=dict)
    members: dict[UUID, Viewer] = field(default_factory=dict)
    heads: dict[UUID, Viewer] = field(default_factory=dict)
    #: partners of the first community by kind: their unit and who acts for it
    partners: dict[str, tuple[UUID, Viewer]] = field(default_factory=dict)
    first_community: UUID | None = None
    home_grid: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Post:
    username: str
    role: Role
    area: AreaRow | None = None
    unit_id: UUID | None = None


def make_units(*, now: datetime) -> None:
    """Add street offices, a unit for each community, and one of each kind of partner (S23)."""
    for street in areas(level="street", on=now):
        organisation.add_unit(
            kind="street_office",
            code=f"street-{street.code}",
            name=f"{street.name}办事处",
            area_id=street.id,
        )
    communities = [area for area in areas(level="community", on=now) if area.households]
    for number, area in enumerate(communities):
        organisation.add_unit(
            kind="community", code=f"community-{area.code}", name=f"{area.name}居委会",
            area_id=area.id, phone=f"0536-0001{number:03d}", position=100 + number,
        )  # fmt: skip
    first = communities[0]
    for kind, name in (
        ("party_committee", f"{first.name}党委"),
        ("residents_committee", f"{first.name}居民代表会"),
        ("owners_committee", "和顺御园业主委员会"),
        ("property_firm", "安居物业公司"),
        ("social_organisation", "乐邻社会工作服务中心"),
    ):
        organisation.add_unit(kind=kind, code=kind, name=name, area_id=first.id, position=200)


def make_people(*, now: datetime, since: datetime, full: bool, progress: Progress) -> Cast:
    """Make the accounts of the ready logins, of the communities and of every department.

    Args:
        full: staff for every community instead of the first two.
    """
    resident = accounts.ensure_resident(
        tenant_id=current_tenant(), phone=RESIDENT_PHONE, now=since, full_name="李秀英"
    )
    cast = Cast(now=now, resident=viewer_by_id(user_id=resident, now=now))
    posts = list(_posts(now, full))
    for done, post in enumerate(posts, start=1):
        _enter(cast, post, _appoint(post, done, since=since, now=now))
        progress("accounts", done, len(posts))
    return cast


def _posts(now: datetime, full: bool) -> Iterator[_Post]:
    by_code = {unit.code: unit.id for unit in units().values()}
    streets = areas(level="street", on=now)
    yield _Post("diaodu", Role.DISPATCHER)
    yield _Post(WITH_AUTHENTICATOR, Role.DISPATCHER)
    yield _Post("huifang", Role.CALLBACK_AGENT)
    yield _Post("ducha", Role.SUPERVISOR)
    yield _Post("jiedao", Role.STREET_OFFICER, area=streets[0])
    yield _Post("bumen", Role.UNIT_MEMBER, unit_id=by_code["urban_management"])
    yield _Post("juzhang", Role.UNIT_HEAD, unit_id=by_code["urban_management"])
    yield _Post("yeweihui", Role.UNIT_MEMBER, unit_id=by_code["owners_committee"])
    yield _Post("wuye", Role.UNIT_MEMBER, unit_id=by_code["property_firm"])
    for name, role in (("xitong", Role.SYSTEM_ADMIN), ("anquan", Role.SECURITY_ADMIN),
                       ("shenji", Role.AUDIT_ADMIN)):  # fmt: skip
        yield _Post(name, role)
    for unit in units().values():
        if unit.kind == "department" and unit.code != "urban_management":
            name = unit.code.replace("_", "-")
            yield _Post(f"dui-{name}", Role.UNIT_MEMBER, unit_id=unit.id)
            yield _Post(f"fuze-{name}", Role.UNIT_HEAD, unit_id=unit.id)
    communities = [area for area in areas(level="community", on=now) if area.households]
    for number, community in enumerate(communities if full else communities[:FIRST_COMMUNITIES]):
        yield from _community_posts(number, community, now)


def _community_posts(number: int, community: AreaRow, now: datetime) -> Iterator[_Post]:
    tail = "" if number == 0 else str(number + 1)
    yield _Post(f"shequ{tail}", Role.COMMUNITY_CLERK, area=community)
    yield _Post(f"shuji{tail}", Role.COMMUNITY_SECRETARY, area=community)
    for place, grid in enumerate(areas(level="grid", parent_id=community.id, on=now)):
        own = "" if (number, place) == (0, 0) else f"{number + 1}-{place + 1}"
        yield _Post(f"wangge{own}", Role.GRID_WORKER, area=grid)


def _appoint(post: _Post, number: int, *, since: datetime, now: datetime) -> Viewer:
    system = Viewer.system(current_tenant())
    name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[(number * 7) % len(_GIVEN)]
    printed = post.username in _PRINTED
    made = accounts.create_staff(
        viewer=system,
        username=post.username,
        full_name=name,
        now=since,
        password=PASSWORD if printed else None,
        by_password=printed,
    )
    accounts.grant_role(
        viewer=system,
        user_id=made.user_id,
        role=post.role,
        area_id=post.area.id if post.area else None,
        unit_id=post.unit_id,
        now=since,
    )
    if post.username == WITH_AUTHENTICATOR:
        _add_authenticator(system, made.user_id)
    return viewer_by_id(user_id=made.user_id, now=now)


def _enter(cast: Cast, post: _Post, viewer: Viewer) -> None:
    if post.role is Role.COMMUNITY_CLERK and post.area:
        cast.clerks[post.area.id] = viewer
        cast.first_community = cast.first_community or post.area.id
    elif post.role is Role.COMMUNITY_SECRETARY and post.area:
        cast.secretaries[post.area.id] = viewer
    elif post.role is Role.GRID_WORKER and post.area:
        cast.workers[post.area.id] = viewer
        cast.home_grid = cast.home_grid or post.area.id
    elif post.role is Role.UNIT_MEMBER and post.unit_id:
        cast.members[post.unit_id] = viewer
        unit = units()[post.unit_id]
        if unit.kind != "department":
            cast.partners[unit.kind] = (unit.id, viewer)
    elif post.role is Role.UNIT_HEAD and post.unit_id:
        cast.heads[post.unit_id] = viewer
    else:
        cast.county.setdefault(post.role, viewer)


def _add_authenticator(system: Viewer, user_id: UUID) -> None:
    """Give one account a second factor and note it for the demo phone."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    accounts.add_authenticator(viewer=system, user_id=user_id, secret=secret)
    row = {
        "label": "调度员 dispatcher",
        "username": WITH_AUTHENTICATOR,
        "secret": secret,
        "password": PASSWORD,
    }
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    (settings.VAR_DIR / AUTHENTICATORS).write_text(json.dumps([row], ensure_ascii=False), "utf-8")
