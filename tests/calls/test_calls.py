"""A call from opening to double rating (S61, S62, N17)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from onegrid.accounts.models import RoleGrant, User
from onegrid.accounts.terms import Role
from onegrid.calls import actions, code
from onegrid.calls.actions import Wish
from onegrid.calls.flow import Deed, Side, Stage
from onegrid.calls.models import Call, Event, Photo, Rating, Summons
from onegrid.calls.queries.calls import (
    call_by_number,
    calls,
    calls_of_case,
    number_by_key,
    open_calls,
    photo,
    service_log,
)
from onegrid.calls.queries.table import month_table
from onegrid.cases.actions import Doing, Upload
from onegrid.cases.models import Case, Step
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound, Throttled
from tests.calls.people import (
    COLLEAGUE_PHONE,
    DAY,
    HEAD_PHONE,
    HOUR,
    MEMBER_PHONE,
    Roster,
    colleague,
    told,
)
from tests.county import report as report_case
from tests.web.conftest import picture

MINUTE = timedelta(minutes=1)


def stage(way: Summons) -> str:
    return Summons.objects.get(pk=way.pk).stage


def deeds(way: Summons) -> list[str]:
    rows = Event.objects.filter(call_id=way.call_id).order_by("at", "id")
    return list(rows.values_list("deed", flat=True))


def test_s62_a_call_reaches_the_team_on_duty_at_that_moment(roster: Roster) -> None:
    way = roster.call()
    assert told("team_called") == [MEMBER_PHONE]
    assert way.shift_ids == [roster.shift] and way.team_id == roster.team
    assert way.due_at == roster.now + 30 * MINUTE
    assert way.call.number.startswith("S20260302-")


def test_s62_when_nobody_is_on_duty_the_head_of_the_unit_is_told(roster: Roster) -> None:
    way = roster.call(at=roster.now + 9 * HOUR, urgency="normal")
    assert told("team_called") == [HEAD_PHONE]
    assert way.shift_ids == []
    assert way.due_at == roster.now + 33 * HOUR


def test_s61_call_sign_in_arrival_result_and_both_rate(roster: Roster) -> None:
    way = roster.call()
    at = roster.now + 10 * MINUTE
    actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.member, at))
    shown = code.current(way.call_id, now=at + 5 * MINUTE)
    done = actions.arrive(
        summons_id=way.pk, doing=roster.doing(roster.member, at + 6 * MINUTE), code=shown
    )
    assert done.ok
    actions.report(
        summons_id=way.pk, doing=roster.doing(roster.member, at + HOUR), text="阀门已关",
        uploads=(Upload("photo", picture()),),
    )  # fmt: skip
    actions.rate(summons_id=way.pk, doing=roster.doing(roster.clerk, at + HOUR), points=(5, 4, 5))
    assert stage(way) == Stage.REPORTED
    actions.rate(
        summons_id=way.pk, doing=roster.doing(roster.member, at + 2 * HOUR), points=(5, 5, 3),
        words="位置准确",
    )  # fmt: skip
    row = Summons.objects.get(pk=way.pk)
    assert (row.stage, row.signed_at, row.arrived_at) == (Stage.ENDED, at, at + 6 * MINUTE)
    assert (row.reported_at, row.ended_at) == (at + HOUR, at + 2 * HOUR)
    assert deeds(way) == ["open", "sign_in", "arrive", "report", "rate", "rate", "end"]


def test_n17_each_side_sees_what_the_other_said_only_when_both_have_rated(roster: Roster) -> None:
    way = roster.reported()
    later = roster.now + 3 * HOUR
    actions.rate(
        summons_id=way.pk, doing=roster.doing(roster.clerk, later), points=(1, 2, 3), words="来晚了"
    )

    def seen(viewer: Any) -> list[Side]:
        found = call_by_number(viewer, number=way.call.number, now=later)
        return [one.side for one in found.ways[0].ratings]

    assert seen(roster.clerk) == [Side.CALLER]
    assert seen(roster.member) == [] and seen(roster.town.viewer(Role.SUPERVISOR)) == []
    assert (
        Deed.RATE
        not in call_by_number(roster.clerk, number=way.call.number, now=later).ways[0].deeds
    )
    with pytest.raises(Conflict, match=r"call.rated_already"):
        actions.rate(summons_id=way.pk, doing=roster.doing(roster.clerk, later), points=(5, 5, 5))
    actions.rate(summons_id=way.pk, doing=roster.doing(roster.head, later), points=(4, 4, 4))
    for viewer in (roster.clerk, roster.member):
        assert set(seen(viewer)) == {Side.CALLER, Side.TEAM}


def test_n17_after_three_days_rating_is_over_and_open(roster: Roster) -> None:
    way = roster.reported()
    actions.rate(summons_id=way.pk, doing=roster.doing(roster.clerk), points=(5, 5, 5))
    reported = way.reported_at
    assert reported is not None
    assert actions.due_ids(now=reported + 3 * DAY - MINUTE) == []
    assert actions.due_ids(now=reported + 3 * DAY) == [way.pk]
    assert actions.look_at(summons_id=way.pk, now=reported + 3 * DAY)
    assert not actions.look_at(summons_id=way.pk, now=reported + 3 * DAY)
    found = call_by_number(roster.member, number=way.call.number, now=reported + 3 * DAY)
    assert [one.side for one in found.ways[0].ratings] == [Side.CALLER]
    with pytest.raises(Conflict, match=r"call.not_now"):
        actions.rate(summons_id=way.pk, doing=roster.doing(roster.member), points=(1, 1, 1))


@pytest.mark.parametrize("points", [(0, 5, 5), (5, 6, 5), (5, 5), (5, 5, 5, 5)])
def test_a_point_is_one_to_five(roster: Roster, points: Any) -> None:
    way = roster.reported()
    with pytest.raises(Invalid, match=r"call.points"):
        actions.rate(summons_id=way.pk, doing=roster.doing(roster.clerk), points=points)
    assert Rating.objects.count() == 0
    with pytest.raises(IntegrityError, match="one_to_five"), transaction.atomic():
        Rating.objects.create(
            summons_id=way.pk,
            side="caller",
            at=roster.now,
            by_id=uuid4(),
            first=0,
            second=1,
            third=1,
        )


def test_the_code_of_another_call_or_an_old_one_confirms_nothing(roster: Roster) -> None:
    way, other = roster.call(), roster.call()
    actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.member))
    old = code.current(way.call_id, now=roster.now - 10 * MINUTE)
    for typed in (code.current(other.call_id, now=roster.now), old, "", "一二三四五六"):
        arrival = actions.arrive(summons_id=way.pk, doing=roster.doing(roster.member), code=typed)
        assert not arrival.ok
    assert (arrival.left, stage(way)) == (1, Stage.SIGNED_IN)
    assert deeds(way) == ["open", "sign_in"]


def test_five_wrong_codes_close_the_door_for_ten_minutes(roster: Roster) -> None:
    way = roster.call()
    actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.member))
    wrong = "000000" if code.current(way.call_id, now=roster.now) != "000000" else "111111"
    for _ in range(5):
        actions.arrive(summons_id=way.pk, doing=roster.doing(roster.member), code=wrong)
    right = code.current(way.call_id, now=roster.now)
    with pytest.raises(Throttled, match=r"call.code_tries"):
        actions.arrive(summons_id=way.pk, doing=roster.doing(roster.member), code=right)
    then = roster.now + 10 * MINUTE
    right = code.current(way.call_id, now=then)
    assert actions.arrive(summons_id=way.pk, doing=roster.doing(roster.member, then), code=right).ok


def test_the_community_confirms_an_arrival_when_the_code_cannot_be_entered(roster: Roster) -> None:
    way = roster.call()
    actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.member))
    with pytest.raises(Invalid, match=r"call.words"):
        actions.confirm_arrival(summons_id=way.pk, doing=roster.doing(roster.clerk), text=" ")
    with pytest.raises(Forbidden, match=r"call.not_yours"):
        actions.confirm_arrival(summons_id=way.pk, doing=roster.doing(roster.member), text="到了")
    actions.confirm_arrival(
        summons_id=way.pk, doing=roster.doing(roster.clerk), text="队员手机没电，人已到"
    )
    assert stage(way) == Stage.ARRIVED


def test_each_deed_is_for_its_side_and_its_turn(roster: Roster) -> None:
    way = roster.call()
    for viewer in (roster.clerk, roster.town.viewer(Role.SUPERVISOR)):
        with pytest.raises(Forbidden, match=r"call.not_yours"):
            actions.sign_in(summons_id=way.pk, doing=roster.doing(viewer))
    for role in (Role.GRID_WORKER, Role.CALLBACK_AGENT, Role.RESIDENT):
        with pytest.raises(NotFound):
            actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.town.viewer(role)))
    with pytest.raises(Conflict, match=r"call.not_now"):
        actions.report(summons_id=way.pk, doing=roster.doing(roster.member), text="已处理")
    actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.colleague))
    with pytest.raises(Conflict, match=r"call.not_now"):
        actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.member))


def test_another_department_sees_nothing_of_a_call_and_a_called_one_its_own_way_only(
    roster: Roster,
) -> None:
    police = colleague(roster.town, "police", "赵警官", "13800000031", Role.UNIT_HEAD)
    housing = colleague(roster.town, "housing_bureau", "孙工", "", Role.UNIT_HEAD)
    police_unit = roster.town.units["police"]
    actions.add_team(
        viewer=police, unit_id=police_unit, kind="on_call", name="巡逻组", now=roster.now
    )
    way = roster.call("water_bureau", "police")
    assert told("team_called") == [MEMBER_PHONE, "13800000031"]
    number = way.call.number
    with pytest.raises(NotFound):
        call_by_number(housing, number=number, now=roster.now)
    assert [one.unit for one in call_by_number(police, number=number, now=roster.now).ways] == [
        "县公安局"
    ]
    assert len(call_by_number(roster.clerk, number=number, now=roster.now).ways) == 2
    assert calls(housing)[1] == 0 and calls(roster.town.viewer(Role.DISPATCHER))[1] == 2


def test_a_call_off_needs_words_and_tells_the_team(roster: Roster) -> None:
    way = roster.call()
    with pytest.raises(Invalid, match=r"call.words"):
        actions.call_off(summons_id=way.pk, doing=roster.doing(roster.clerk), text="")
    actions.call_off(summons_id=way.pk, doing=roster.doing(roster.clerk), text="物业已处理")
    assert (stage(way), told("call_off")) == (Stage.CALLED_OFF, [MEMBER_PHONE])
    assert actions.due_ids(now=roster.now + 9 * DAY) == []


def test_a_missing_sign_in_is_reminded_then_goes_to_the_head(roster: Roster) -> None:
    way = roster.call(at=roster.now + 7.6 * HOUR)
    due = way.due_at
    assert roster.colleague.user_id is not None
    actions.add_shift(
        viewer=roster.head, team_id=roster.team, now=roster.now,
        given=actions.ShiftGiven(
            roster.colleague.user_id, roster.now + 8 * HOUR, roster.now + 9 * HOUR, COLLEAGUE_PHONE
        ),
    )  # fmt: skip
    assert actions.due_ids(now=due - MINUTE) == []
    assert actions.look_at(summons_id=way.pk, now=due)
    assert not actions.look_at(summons_id=way.pk, now=due)
    assert told("call_reminder") == [COLLEAGUE_PHONE], "whoever is on duty by then"
    assert actions.due_ids(now=due + 9 * MINUTE) == []
    assert actions.look_at(summons_id=way.pk, now=due + 10 * MINUTE)
    assert told("call_unsigned") == [HEAD_PHONE]
    assert actions.due_ids(now=due + DAY) == []
    assert deeds(way) == ["open", "remind", "escalate"]
    actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.member, due + HOUR))
    board = open_calls(roster.town.viewer(Role.DISPATCHER), now=due + HOUR)
    assert (board.open, board.unsigned, board.overdue) == (1, 0, 0)


def test_the_same_key_does_nothing_twice(roster: Roster) -> None:
    doing = roster.doing(roster.clerk)
    first = actions.open_call(doing=doing, wish=roster.wish())
    again = actions.open_call(doing=doing, wish=roster.wish(what="别的"))
    assert (again.number, again.again) == (first.number, True)
    assert number_by_key(roster.clerk, key=doing.key) == first.number
    assert (Call.objects.count(), Summons.objects.count()) == (1, 1)
    way = Summons.objects.get(call_id=first.call_id)
    signing = roster.doing(roster.member)
    for _ in range(3):
        actions.sign_in(summons_id=way.pk, doing=signing)
    assert deeds(way) == ["open", "sign_in"]
    with pytest.raises(Conflict, match="key_used"):
        actions.call_off(
            summons_id=way.pk, doing=Doing(roster.clerk, roster.now, signing.key), text="不用了"
        )
    with pytest.raises(Conflict, match="key_used"):
        actions.open_call(doing=Doing(roster.clerk, roster.now, signing.key), wish=roster.wish())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"urgency": "soon"}, "urgency"),
        ({"what": "  "}, "what"),
        ({"address": " "}, "address"),
        ({"area_id": None}, "area"),
        ({"area_id": uuid4()}, "area"),
        ({"units": ()}, "units"),
        ({"units": ("police",)}, "units"),
    ],
)
def test_a_call_with_something_missing_or_unknown_says_which_field(
    roster: Roster, change: dict[str, Any], field: str
) -> None:
    units = change.pop("units", ("water_bureau",))
    wish = (
        roster.wish(*units, **change)
        if units
        else Wish((), "urgent", "x", "y", roster.town.areas["C1"])
    )
    with pytest.raises(Invalid) as refused:
        actions.open_call(doing=roster.doing(roster.clerk), wish=wish)
    assert refused.value.field == field
    assert Call.objects.count() == 0


def test_only_the_own_community_or_street_is_called_to(roster: Roster) -> None:
    areas = roster.town.areas
    street = roster.town.viewer(Role.STREET_OFFICER)
    with pytest.raises(Forbidden, match=r"call.not_your_place"):
        actions.open_call(doing=roster.doing(roster.clerk), wish=roster.wish(area_id=areas["C2"]))
    for viewer in (
        roster.member,
        roster.town.viewer(Role.DISPATCHER),
        roster.town.viewer(Role.RESIDENT),
    ):
        with pytest.raises(Forbidden):
            actions.open_call(doing=roster.doing(viewer), wish=roster.wish())
    for area in ("C2", "S1"):
        actions.open_call(doing=roster.doing(street), wish=roster.wish(area_id=areas[area]))
    secretary = roster.town.viewer(Role.COMMUNITY_SECRETARY)
    actions.open_call(doing=roster.doing(secretary), wish=roster.wish())
    assert calls(roster.clerk)[1] == 1 and calls(street)[1] == 3


def test_a_call_for_a_case_is_a_step_of_the_case(roster: Roster) -> None:
    case_id = report_case(roster.town).case_id
    doing = roster.doing(roster.clerk)
    wish = roster.wish(address="", area_id=None)
    case = actions.call_units(case_id=case_id, doing=doing, wish=wish)
    actions.call_units(case_id=case_id, doing=doing, wish=wish)
    steps = list(Step.objects.filter(case_id=case_id, action="call_units"))
    assert len(steps) == 1 and steps[0].text == "县水利局：主管道爆裂，需现场关阀"
    assert not steps[0].shown_to_reporter
    call = Call.objects.get()
    assert (call.case_id, call.address) == (case.pk, case.address)
    shown = calls_of_case(roster.clerk, case_id=case_id)
    assert [(one.number, one.unit) for one in shown] == [(call.number, "县水利局")]
    assert (
        call_by_number(roster.member, number=call.number, now=roster.now).row.case_number
        == case.number
    )


def test_a_call_that_is_refused_leaves_no_step_on_the_case(roster: Roster) -> None:
    case_id = report_case(roster.town).case_id
    with pytest.raises(Invalid), transaction.atomic():
        actions.call_units(
            case_id=case_id, doing=roster.doing(roster.clerk), wish=roster.wish("police")
        )
    assert not Step.objects.filter(case_id=case_id, action="call_units").exists()
    assert Case.objects.get(pk=case_id).step_count == 1


def test_d8_nobody_a_case_is_about_is_called_or_sees_the_call(roster: Roster) -> None:
    case_id = report_case(roster.town).case_id
    unit = roster.town.units["water_bureau"]
    Case.objects.filter(pk=case_id).update(excluded_ids=[unit])
    wish = roster.wish(address="", area_id=None)
    with pytest.raises(Conflict, match="accused"), transaction.atomic():
        actions.open_call(doing=roster.doing(roster.clerk), wish=wish, case_id=case_id)
    Case.objects.filter(pk=case_id).update(excluded_ids=[roster.member.user_id])
    opened = actions.open_call(doing=roster.doing(roster.clerk), wish=wish, case_id=case_id)
    assert told("team_called") == [HEAD_PHONE], "whom the case is about is left out"
    assert calls(roster.member)[1] == 0 and calls(roster.colleague)[1] == 1
    way = Summons.objects.get(call_id=opened.call_id)
    with pytest.raises(NotFound):
        actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.member))
    actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.colleague))


def test_photos_of_the_result_are_seen_by_both_sides_only(roster: Roster) -> None:
    way = roster.call()
    actions.sign_in(summons_id=way.pk, doing=roster.doing(roster.member))
    shown = code.current(way.call_id, now=roster.now)
    actions.arrive(summons_id=way.pk, doing=roster.doing(roster.member), code=shown)
    with pytest.raises(Invalid, match="media"), transaction.atomic():
        actions.report(
            summons_id=way.pk, doing=roster.doing(roster.member), text="好了",
            uploads=(Upload("photo", b"no picture"),),
        )  # fmt: skip
    actions.report(
        summons_id=way.pk, doing=roster.doing(roster.member), text="好了",
        uploads=(Upload("photo", picture()), Upload("photo", picture())),
    )  # fmt: skip
    kept = Photo.objects.get()
    for viewer in (roster.clerk, roster.head):
        content, mime = photo(viewer, photo_id=kept.pk, thumb=True)
        assert mime == "image/jpeg" and content[:2] == b"\xff\xd8"
    with pytest.raises(NotFound):
        photo(roster.town.viewer(Role.GRID_WORKER), photo_id=kept.pk, thumb=False)
    assert actions.known_files([kept.sha256, "0" * 64]) == {kept.sha256}


def test_the_service_log_of_a_team_names_calls_and_no_people(roster: Roster) -> None:
    way = roster.reported()
    name, rows, total = service_log(roster.head, team_id=roster.team)
    assert (name, total, rows[0].number) == ("东街驻点组", 1, way.call.number)
    assert rows[0].in_time is True
    assert roster.member.name not in repr(rows)
    with pytest.raises(NotFound):
        service_log(colleague(roster.town, "police", "赵"), team_id=roster.team)


def rated(roster: Roster, count: int) -> None:
    """Let so many calls of March be rated by both sides: 1 to 5 in turn."""
    for number in range(count):
        way = roster.reported()
        point = number % 5 + 1
        actions.rate(summons_id=way.pk, doing=roster.doing(roster.clerk), points=(point, 5, 4))
        actions.rate(summons_id=way.pk, doing=roster.doing(roster.member), points=(4, 4, 2))


def test_n17_the_monthly_table_counts_both_sides_and_hides_fewer_than_ten(roster: Roster) -> None:
    rated(roster, 9)
    viewer = roster.town.viewer(Role.SUPERVISOR)
    table = month_table(viewer, first=date(2026, 3, 1))
    assert [(row.name, row.calls) for row in table.departments] == [("县水利局", 9)]
    assert table.departments[0].by_callers.medians is None
    assert table.departments[0].by_callers.n is None
    rated(roster, 1)
    lone = roster.reported()
    actions.rate(summons_id=lone.pk, doing=roster.doing(roster.clerk), points=(1, 1, 1))
    row = month_table(viewer, first=date(2026, 3, 1)).departments[0]
    assert (row.calls, row.signed_in_time, row.arrived) == (11, 11, 11)
    assert (row.by_callers.n, row.by_callers.medians) == (10, (2.5, 5.0, 4.0)), "both rated only"
    assert (row.by_teams.n, row.by_teams.medians) == (10, (4.0, 4.0, 2.0))
    community = month_table(viewer, first=date(2026, 3, 1)).communities[0]
    assert (community.name, community.calls, community.by_teams.n) == ("和平社区", 11, 10)
    assert month_table(viewer, first=date(2026, 4, 1)).departments == ()
    for role in (Role.COMMUNITY_CLERK, Role.UNIT_MEMBER, Role.RESIDENT):
        with pytest.raises(Forbidden):
            month_table(roster.town.viewer(role), first=date(2026, 3, 1))


def test_nothing_about_a_place_of_staff_is_kept() -> None:
    names = {field.name for model in (Call, Summons, Event) for field in model._meta.get_fields()}
    assert not names & {"lon", "lat", "position", "accuracy", "track", "point", "device", "ip"}


def test_a_removed_role_no_longer_answers(roster: Roster) -> None:
    from onegrid.accounts.queries import viewer_by_id

    way = roster.call()
    user = User.objects.get(pk=roster.member.user_id)
    RoleGrant.objects.filter(user_id=user.pk).update(valid_to=roster.now + MINUTE)
    gone = viewer_by_id(user_id=user.pk, now=roster.now + 2 * MINUTE)
    with pytest.raises(NotFound):
        actions.sign_in(summons_id=way.pk, doing=roster.doing(gone))
