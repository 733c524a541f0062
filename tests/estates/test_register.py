"""The register: entries, evidence, buildings, who may write, what stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound, TooLarge
from onegrid.estates import actions, queries
from onegrid.estates.models import Agreement, Estate, EstateBuilding, Statement, Step, WorkEvent
from onegrid.estates.replan import move_estates
from onegrid.grids.models import Building, Membership
from tests.county import Town
from tests.estates.people import DAY, TODAY, an_estate, doing, entry, houses, walked


def seen(town: Town, estate: Estate, role: Role = Role.COMMUNITY_CLERK) -> queries.EstateView:
    return queries.estate(town.viewer(role), estate_id=estate.id, now=town.now)


def test_s55_an_estate_is_registered_with_its_buildings_and_the_evidence_of_each_statement(
    town: Town,
) -> None:
    found = seen(town, an_estate(town))
    assert (found.row.homes.buildings, found.row.homes.households) == (2, 72)
    said = {topic.about: topic.now for topic in found.topics if topic.now}
    assert set(said) == {"kind", "committee", "parking"}
    assert (said["kind"].value, said["kind"].since) == ("none", date(2019, 6, 1))
    assert said["parking"].source == "2026年2月社区摸底"
    assert found.row.stage == "found" and found.row.person == "测试community_clerk"


def test_households_follow_the_buildings_and_are_typed_nowhere(town: Town) -> None:
    row = an_estate(town)
    Building.objects.filter(address="G11小区1号楼").update(households=50)
    assert seen(town, row).row.homes.households == 86
    Building.objects.filter(address="G11小区1号楼").update(valid_to=town.now)
    assert seen(town, row).row.homes.households == 36


def test_the_same_key_registers_once_and_another_use_of_it_is_refused(town: Town) -> None:
    once = doing(town)
    first = actions.register(doing=once, given=entry(town))
    assert actions.register(doing=once, given=entry(town)) == first
    assert Estate.objects.count() == Step.objects.count() == 1
    about = {"about": "roads", "value": "路面破损", "since": None, "source": "居民来电"}
    said = doing(town)
    actions.say(estate_id=first, doing=said, **about)
    actions.say(estate_id=first, doing=said, **about)
    assert Statement.objects.filter(about="roads").count() == 1
    other = an_estate(town, name="机修厂宿舍", building_ids=houses(town, "G12小区"))
    with pytest.raises(Conflict, match="key_used"):
        actions.say(estate_id=other.id, doing=said, **about)


def test_a_building_is_in_one_estate_and_a_name_occurs_once_in_a_community(town: Town) -> None:
    own = houses(town)
    an_estate(town, building_ids=own)
    with pytest.raises(Conflict, match="building_taken"):
        an_estate(town, name="另一个", building_ids=own[:1])
    with pytest.raises(Conflict, match="twice"):
        an_estate(town, building_ids=houses(town, "G12小区"))
    with pytest.raises(Conflict, match="building_taken"):
        an_estate(town, name="另一个", building_ids=houses(town, "G21小区", "C2"))
    with pytest.raises(Invalid, match="no_building"):
        an_estate(town, name="另一个", building_ids=[])


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": "  "}, "estate.name"),
        ({"year_built": 1850}, "estate.year"),
        ({"year_built": 2027}, "estate.year"),
        ({"said": {}}, "estate.kind"),
        ({"said": {"kind": "castle"}}, "estate.kind"),
        ({"said": {"kind": "none", "committee": "maybe"}}, "estate.choice"),
        ({"source": ""}, "estate.source"),
        ({"stage": "running"}, "estate.stage"),
        ({"stage": "elsewhere"}, "estate.stage"),
        ({"day": TODAY + DAY}, "estate.day_ahead"),
        ({"since": TODAY + DAY}, "estate.day_ahead"),
        ({"due_on": TODAY - 100 * DAY}, "estate.due"),
        ({"person_id": None}, "estate.person"),
        ({"person_id": uuid4()}, "estate.person"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    town: Town, more: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        an_estate(town, **more)
    assert refused.value.code == code
    assert not Estate.objects.exists() and not EstateBuilding.objects.exists()


def test_a_name_of_61_characters_is_refused_and_of_60_taken(town: Town) -> None:
    with pytest.raises(TooLarge):
        an_estate(town, name="院" * 61)
    assert an_estate(town, name="院" * 60).name == "院" * 60


def test_the_latest_statement_counts_and_the_earlier_ones_stay(town: Town) -> None:
    row = an_estate(town)
    for value in ("firm", "trust"):
        actions.say(
            estate_id=row.id, doing=doing(town), about="kind", value=value, since=TODAY,
            source="社区居委会会议纪要",
        )  # fmt: skip
    kind = next(topic for topic in seen(town, row).topics if topic.about == "kind")
    assert kind.now is not None and kind.now.value == "trust"
    assert {said.value for said in kind.before} == {"firm", "none"}
    assert Estate.objects.get().kind == "trust"


def test_a_statement_that_service_ended_while_it_runs_is_a_step_back_instead(town: Town) -> None:
    row = walked(town)
    with pytest.raises(Conflict, match="still_running"):
        actions.say(
            estate_id=row.id, doing=doing(town), about="kind", value="none", since=None,
            source="物业撤离函",
        )  # fmt: skip


def test_only_the_own_community_writes_and_street_and_county_read(town: Town) -> None:
    row = an_estate(town)
    say = {"about": "greens", "value": "被占种菜", "since": None, "source": "巡查"}
    for role in (Role.STREET_OFFICER, Role.DISPATCHER, Role.SUPERVISOR):
        assert not seen(town, row, role).may_edit
        with pytest.raises(Forbidden):
            actions.say(estate_id=row.id, doing=doing(town, role), **say)
        with pytest.raises(Forbidden):
            actions.register(doing=doing(town, role), given=entry(town, name="新的"))
    for role in (Role.GRID_WORKER, Role.UNIT_HEAD, Role.RESIDENT, Role.CALLBACK_AGENT):
        with pytest.raises(NotFound):
            seen(town, row, role)
        with pytest.raises(NotFound):
            actions.say(estate_id=row.id, doing=doing(town, role), **say)
    with pytest.raises(Forbidden):
        an_estate(town, community_id=town.areas["C2"], building_ids=houses(town, "G21小区", "C2"))


def test_another_community_neither_sees_nor_changes_an_estate(town: Town) -> None:
    system = Viewer.system(town.viewer(Role.DISPATCHER).tenant_id)
    given = entry(
        town, community_id=town.areas["C2"], building_ids=houses(town, "G21小区", "C2"),
        person_id=None,
    )  # fmt: skip
    made = actions.register(doing=replace(doing(town), viewer=system), given=given)
    with pytest.raises(NotFound):
        queries.estate(town.viewer(Role.COMMUNITY_CLERK), estate_id=made, now=town.now)
    found = queries.estate(town.viewer(Role.STREET_OFFICER), estate_id=made, now=town.now)
    assert found.row.community == "幸福社区"


def test_a_correction_keeps_what_the_entry_said_before(town: Town) -> None:
    row = an_estate(town)
    actions.correct(
        estate_id=row.id, doing=doing(town), name="棉纺厂家属院", address=row.address,
        year_built=1994, building_ids=houses(town)[:1] or [
            EstateBuilding.objects.filter(estate=row).order_by("building_id")[0].building_id
        ],
    )  # fmt: skip
    found = seen(town, row)
    assert found.row.name == "棉纺厂家属院" and found.row.homes.buildings == 1
    assert dict((name, (old, new)) for name, old, new in found.steps[0].changes) == {
        "name": ("纺织厂家属院", "棉纺厂家属院"),
        "year_built": ("1996", "1994"),
        "buildings": ("2", "1"),
    }


def test_an_estate_taken_off_is_seen_by_nobody_and_its_buildings_are_free(town: Town) -> None:
    row = an_estate(town)
    with pytest.raises(Invalid, match=r"estate\.reason"):
        actions.remove(estate_id=row.id, doing=doing(town), reason=" ")
    once = doing(town)
    actions.remove(estate_id=row.id, doing=once, reason="与另一小区重复登记")
    actions.remove(estate_id=row.id, doing=once, reason="与另一小区重复登记")
    with pytest.raises(NotFound):
        seen(town, row, Role.SUPERVISOR)
    assert Step.objects.filter(estate=row, deed="remove").count() == 1
    assert an_estate(town).id != row.id


@pytest.mark.parametrize("model", [Statement, Step, Agreement, WorkEvent])
def test_history_cannot_be_changed_or_deleted(town: Town, model: type[Step]) -> None:
    walked(town)
    for change in (
        lambda: model.objects.all()._raw_delete("default"),
        lambda: model.objects.update(id=uuid4()),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()


def test_estates_follow_their_buildings_when_a_plan_begins(town: Town) -> None:
    row = an_estate(town)
    at = town.now + DAY
    for member in EstateBuilding.objects.filter(estate=row):
        Membership.objects.create(
            building_id=member.building_id, grid_id=town.areas["G21"], valid_from=at
        )
    assert move_estates(successors={town.areas["C1"]: town.areas["C1"]}, at=at) == 1
    row.refresh_from_db()
    assert row.community_id == town.areas["C2"]
