"""Who gives, who takes and who has to name somebody hear of a hand-over, and are reminded."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import pytest
from django.utils.timezone import make_aware

from onegrid.accounts.models import User
from onegrid.accounts.terms import Role
from onegrid.common.refusals import Forbidden
from onegrid.grids.queries import areas
from onegrid.notices.models import Outbox
from onegrid.plans import actions, queries
from onegrid.plans.models import Handover
from onegrid.plans.telling import remind
from tests.calls.people import told
from tests.county import Town
from tests.plans.steps import approved, building, does, numbers, planned

DAY = date(2026, 3, 9)
WORKER, OFFICER, COUNTY_DESK = "13900000011", "13900000012", "13900000013"


def at(day: int, hour: int = 9) -> datetime:
    return make_aware(datetime(2026, 3, day, hour))


@pytest.fixture
def listed(town: Town) -> Handover:
    """A hand-over that the grid worker gives, without anybody who takes."""
    return adopted(town, Role.STREET_OFFICER)


def adopted(town: Town, by: Role, **wish: UUID) -> Handover:
    """Adopt a draft in which one building moves; return the list of that."""
    for role, phone in ((Role.GRID_WORKER, WORKER), (Role.STREET_OFFICER, OFFICER),
                        (Role.DISPATCHER, COUNTY_DESK)):  # fmt: skip
        User.objects.filter(pk=town.users[role].id).update(phone=phone)
    draft_id = planned(town, by, least=60, most=90, **wish)
    grid = numbers(town, draft_id)["G12小区1号楼"]
    moved = building(town, draft_id, "G11小区2号楼")
    actions.paint(doing=does(town, by), draft_id=draft_id, building_ids=[moved], grid=grid)
    approved(town, draft_id, by)
    actions.adopt(doing=does(town, Role.SUPERVISOR), draft_id=draft_id, effective_on=DAY)
    return Handover.objects.get(main=False)


def name(town: Town, listed: Handover, user_id: UUID) -> None:
    doing = does(town, Role.STREET_OFFICER)
    actions.name_taker(doing=doing, handover_id=listed.id, user_id=user_id)


def test_adoption_tells_the_giver_to_sign_and_the_street_to_name_a_taker(
    town: Town, listed: Handover
) -> None:
    assert told("handover_to_sign") == [WORKER]
    assert told("handover_to_name") == [OFFICER]
    sent = Outbox.objects.get(template="handover_to_sign")
    assert sent.params == {"day": "2026-03-09", "lists": "1"}
    officer = town.viewer(Role.STREET_OFFICER)
    assert queries.unnamed(viewer=officer) == 1
    assert queries.unnamed(viewer=town.viewer(Role.COMMUNITY_CLERK)) == 0


def test_where_the_county_was_cut_those_are_told_who_may_name_a_taker(town: Town) -> None:
    listed = adopted(town, Role.DISPATCHER, scope_id=areas(level="county", on=town.now)[0].id)
    assert told("handover_to_name") == [COUNTY_DESK]
    worker = town.users[Role.GRID_WORKER].id
    with pytest.raises(Forbidden):
        name(town, listed, worker)
    doing = does(town, Role.DISPATCHER)
    actions.name_taker(doing=doing, handover_id=listed.id, user_id=worker)


def test_who_is_named_to_take_over_is_told_once(town: Town, listed: Handover) -> None:
    worker = town.users[Role.GRID_WORKER].id
    Outbox.objects.all().delete()
    name(town, listed, worker)
    name(town, listed, worker)
    assert told("handover_to_sign") == [WORKER]
    assert queries.unnamed(viewer=town.viewer(Role.STREET_OFFICER)) == 0


def test_what_waits_is_reminded_of_three_days_before_and_on_the_day(
    town: Town, listed: Handover
) -> None:
    assert remind(now=at(5)) == 0, "four days before"
    assert remind(now=at(6, hour=7)) == 0, "too early in the morning"
    for now in (at(6), at(6, hour=10), at(8)):
        remind(now=now)
        assert told("handover_reminder") == [WORKER, OFFICER]
    for now in (at(9), at(9, hour=10)):
        remind(now=now)
        assert told("handover_reminder") == [WORKER, WORKER, OFFICER, OFFICER]
    assert remind(now=at(10)) == 0


def test_who_has_signed_and_what_was_revoked_is_left_alone(town: Town, listed: Handover) -> None:
    actions.sign(doing=does(town, Role.GRID_WORKER), handover_id=listed.id)
    remind(now=at(6))
    assert told("handover_reminder") == [OFFICER]
    doing = does(town, Role.SUPERVISOR)
    actions.revoke(doing=doing, adoption_id=listed.adoption_id, reason="再议")
    assert remind(now=at(9)) == 0
