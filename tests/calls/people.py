"""A roster on the small county: water bureau in street S1, with a member, a colleague, a head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from onegrid.accounts.models import RoleGrant, User
from onegrid.accounts.queries import viewer_of
from onegrid.accounts.terms import AccountKind, Role, ScopeLevel
from onegrid.accounts.viewer import Viewer
from onegrid.calls import actions
from onegrid.calls.actions import ShiftGiven, Wish
from onegrid.calls.models import Call, DutyTeam, Summons
from onegrid.cases.actions import Doing
from onegrid.notices.models import Outbox
from tests.county import COUNTY, Town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEMBER_PHONE, COLLEAGUE_PHONE, HEAD_PHONE = "13800000011", "13800000012", "13800000013"


def colleague(
    town: Town, unit: str, name: str, phone: str = "", role: Role = Role.UNIT_MEMBER
) -> Viewer:
    """Add somebody to a unit."""
    user = User.objects.create(
        tenant_id=COUNTY, username=f"{unit}-{uuid4().hex[:6]}", kind=AccountKind.STAFF,
        full_name=name, phone=phone, created_at=town.now, password="!",
    )  # fmt: skip
    RoleGrant.objects.create(
        user_id=user.id, role=role, area_level=ScopeLevel.UNIT, unit_id=town.units[unit],
        valid_from=town.now - 4000 * DAY,
    )  # fmt: skip
    town.users.setdefault(name, user)  # type: ignore[call-overload]
    return viewer_of(user=user, now=town.now, verified=True)


@dataclass
class Roster:
    """The county with a team on duty from now for eight hours."""

    town: Town
    team: UUID
    shift: UUID
    colleague: Viewer
    now: datetime

    @property
    def clerk(self) -> Viewer:
        return self.town.viewer(Role.COMMUNITY_CLERK)

    @property
    def member(self) -> Viewer:
        return self.town.viewer(Role.UNIT_MEMBER)

    @property
    def head(self) -> Viewer:
        return self.town.viewer(Role.UNIT_HEAD)

    def doing(self, viewer: Viewer, at: datetime | None = None) -> Doing:
        return Doing(viewer=viewer, now=at or self.now, key=uuid4())

    def wish(self, *units: str, **more: Any) -> Wish:
        given = {
            "urgency": "urgent", "what": "主管道爆裂，需现场关阀", "address": "和平小区东门",
            "area_id": self.town.areas["C1"], **more,
        }  # fmt: skip
        ids = tuple(self.town.units[unit] for unit in units or ("water_bureau",))
        return Wish(unit_ids=ids, **given)

    def call(self, *units: str, at: datetime | None = None, **more: Any) -> Summons:
        """Let the clerk call; return the way of the first unit."""
        opened = actions.open_call(doing=self.doing(self.clerk, at), wish=self.wish(*units, **more))
        unit = self.town.units[units[0] if units else "water_bureau"]
        return Summons.objects.select_related("call").get(call_id=opened.call_id, unit_id=unit)

    def reported(self, at: datetime | None = None) -> Summons:
        """Bring a call up to its result."""
        from onegrid.calls import code

        when = at or self.now
        way = self.call(at=when)
        actions.sign_in(summons_id=way.pk, doing=self.doing(self.member, when + HOUR / 6))
        then = when + HOUR / 2
        actions.arrive(
            summons_id=way.pk,
            doing=self.doing(self.member, then),
            code=code.current(way.call_id, now=then),
        )
        actions.report(
            summons_id=way.pk, doing=self.doing(self.member, then + HOUR), text="阀门已关，管段已换"
        )
        return Summons.objects.select_related("call").get(pk=way.pk)


def make_roster(town: Town) -> Roster:
    User.objects.filter(pk=town.users[Role.UNIT_HEAD].pk).update(phone=HEAD_PHONE)
    head = town.viewer(Role.UNIT_HEAD)
    other = colleague(town, "water_bureau", "李梅", COLLEAGUE_PHONE)
    team = actions.add_team(
        viewer=head, unit_id=town.units["water_bureau"], kind="resident", name="东街驻点组",
        area_ids=[town.areas["S1"]], now=town.now,
    )  # fmt: skip
    member = town.viewer(Role.UNIT_MEMBER)
    assert member.user_id is not None
    shift = actions.add_shift(
        viewer=head,
        team_id=team,
        given=ShiftGiven(member.user_id, town.now, town.now + 8 * HOUR, MEMBER_PHONE),
        now=town.now,
    )
    return Roster(town, team, shift, other, town.now)


def told(template: str) -> list[str]:
    """Return who was sent a message of a kind."""
    rows = Outbox.objects.filter(template=template).order_by("recipient")
    return list(rows.values_list("recipient", flat=True))


__all__ = ["Call", "DutyTeam", "Roster", "colleague", "make_roster", "told"]
