"""Returns and rulings: case-workflow rows 6 and 7, Weifang hotline regulation Art. 22."""

from __future__ import annotations

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions, queries
from onegrid.cases.models import Ask, Case
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.clock import ClockKind
from onegrid.core.flow import Actor
from tests.county import Town
from tests.flows.sharing import (
    DAY,
    HOUR,
    ITEM,
    MINUTE,
    again,
    ask_return,
    by,
    dispatch,
    last,
    member,
    reading,
)
from tests.web.staff import forward

RULED = "道路两侧十米由住建局管养，见职责清单第12项"


def upheld(town: Town, case: Case, at: int = 20) -> Case:
    """Let the water bureau return a case and the dispatcher take it back."""
    ask_return(town, case, Role.UNIT_MEMBER, (at - 10) * MINUTE)
    return actions.decide_return(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, at * MINUTE), ok=True, text=RULED
    )


def ruled(town: Town, case: Case) -> Case:
    """Bring a case to arbitration by the return of a second unit."""
    upheld(town, case)
    dispatch(town, case, "urban_management", 25 * MINUTE)
    return ask_return(
        town, case, member(town, "urban_management"), 30 * MINUTE, to="housing_bureau"
    )


def test_a_unit_asks_to_return_with_reason_item_and_the_right_unit(town: Town) -> None:
    case = forward(town, until="dispatched")
    done = ask_return(town, case, Role.UNIT_MEMBER, 10 * MINUTE)
    assert (done.state, done.asks_open) == ("return_req", True)
    ask = Ask.objects.get(case_id=case.pk)
    assert (ask.kind, ask.state, ask.item, ask.unit_id, ask.proposed_unit_id) == (
        "return", "open", ITEM, town.units["water_bureau"], town.units["urban_management"],
    )  # fmt: skip
    assert last(case).data["proposed"] == "县综合行政执法局"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"text": " "}, "case.missing.text"),
        ({"item": ""}, "return.item"),
        ({"unit_id": "water_bureau"}, "return.own_unit"),
    ],
)
def test_without_reason_item_or_another_unit_nothing_is_asked(
    town: Town, wrong: dict[str, str], code: str
) -> None:
    case = forward(town, until="dispatched")
    given = {"text": "不属于我局", "item": ITEM, "unit_id": "urban_management", **wrong}
    with pytest.raises(Invalid) as caught:
        actions.ask_return(
            case_id=case.pk,
            doing=by(town, Role.UNIT_MEMBER, 10 * MINUTE),
            text=given["text"],
            item=given["item"],
            unit_id=town.units[given["unit_id"]],
        )
    assert caught.value.code == code
    assert again(case).state == "dispatched"
    assert not Ask.objects.exists()


def test_an_upheld_return_goes_to_the_dispatcher_with_the_proposed_unit(town: Town) -> None:
    case = forward(town, until="accepted")
    done = upheld(town, case)
    assert (done.state, done.lead_unit_id, done.owner_id, done.asks_open) == (
        "classified", None, None, False,
    )  # fmt: skip
    proposed = queries.proposed_on_return(again(case))
    assert proposed is not None and proposed.code == "urban_management"
    with pytest.raises(Conflict) as caught:
        dispatch(town, case, "water_bureau", 21 * MINUTE)
    assert caught.value.code == "return.upheld_before"
    assert dispatch(town, case, "urban_management", 22 * MINUTE).state == "dispatched"
    assert queries.proposed_on_return(again(case)) is None


def test_the_time_of_an_upheld_return_is_left_out_and_that_of_a_refused_one_counts(
    town: Town,
) -> None:
    good, bad = forward(town, until="dispatched"), forward(town, until="dispatched")
    upheld(town, good)
    ask_return(town, bad, Role.UNIT_MEMBER, 10 * MINUTE)
    left = actions.decide_return(
        case_id=bad.pk, doing=by(town, Role.DISPATCHER, 20 * MINUTE), ok=False, text="属于你局"
    )
    assert left.state == "accepted"
    assert left.lead_unit_id == town.units["water_bureau"]
    at = town.now + 20 * MINUTE
    assert reading(good, ClockKind.SOLUTION, at).elapsed_working == 10 * MINUTE
    assert reading(bad, ClockKind.SOLUTION, at).elapsed_working == 20 * MINUTE
    assert reading(good, ClockKind.SOLUTION, at).due == town.now + 70 * MINUTE


def test_a_unit_may_ask_once_in_a_round(town: Town) -> None:
    case = forward(town, until="dispatched")
    ask_return(town, case, Role.UNIT_MEMBER, 10 * MINUTE)
    actions.decide_return(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 12 * MINUTE), ok=False, text="属于你局"
    )
    with pytest.raises(Conflict) as caught:
        ask_return(town, case, member(town, "water_bureau", "二"), 13 * MINUTE)
    assert caught.value.code == "return.once"


@pytest.mark.parametrize(
    ("case_class", "last_moment"),
    [("general", 3 * MINUTE + 4 * HOUR), ("major", 3 * MINUTE + 6 * HOUR)],
)
def test_a_return_is_possible_in_a_quarter_of_the_time_or_four_duty_hours_whichever_is_longer(
    town: Town, case_class: str, last_moment: object
) -> None:
    """Dispatched at 09:03; the water bureau's hours are 08:30-12:00 and 13:30-17:30."""
    early = forward(town, until="dispatched", case_class=case_class)
    late = forward(town, until="dispatched", case_class=case_class)
    until = 5 * HOUR + 33 * MINUTE if case_class == "general" else last_moment
    assert ask_return(town, early, Role.UNIT_MEMBER, until).state == "return_req"
    with pytest.raises(Conflict) as caught:
        ask_return(town, late, Role.UNIT_MEMBER, until + MINUTE)
    assert caught.value.code == "return.too_late"
    assert again(late).state == "dispatched"


def test_the_second_unit_that_asks_brings_the_case_to_a_ruling_by_itself(town: Town) -> None:
    case = forward(town, until="dispatched")
    done = ruled(town, case)
    assert (done.state, done.asks_open) == ("arbitration", True)
    step = last(case)
    assert (step.action, step.relation, step.actor_role) == (
        "to_arbitration", Actor.SYSTEM, "system",
    )  # fmt: skip


def test_a_dispatcher_may_put_the_first_return_to_a_ruling(town: Town) -> None:
    case = forward(town, until="dispatched")
    ask_return(town, case, Role.UNIT_MEMBER, 10 * MINUTE)
    done = actions.put_to_ruling(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 12 * MINUTE), text="两家意见不一"
    )
    assert done.state == "arbitration"


def test_a_designated_unit_may_not_return(town: Town) -> None:
    case = forward(town, until="dispatched")
    ruled(town, case)
    done = actions.designate(
        case_id=case.pk,
        doing=by(town, Role.STREET_OFFICER, 40 * MINUTE),
        unit_id=town.units["water_bureau"],
        text=RULED,
    )
    assert (done.state, done.lead_unit_id) == ("dispatched", town.units["water_bureau"])
    for who in (Role.UNIT_MEMBER, member(town, "water_bureau", "二")):
        with pytest.raises(Conflict) as caught:
            ask_return(town, case, who, 41 * MINUTE)
        assert caught.value.code == "return.designated"
    ask = Ask.objects.get(case_id=case.pk, unit_id=town.units["urban_management"])
    assert (ask.state, ask.ruled_unit_id) == ("granted", town.units["water_bureau"])


def test_a_ruling_against_the_unit_that_asks_refuses_its_return(town: Town) -> None:
    case = forward(town, until="dispatched")
    ruled(town, case)
    actions.designate(
        case_id=case.pk,
        doing=by(town, Role.DISPATCHER, 40 * MINUTE),
        unit_id=town.units["urban_management"],
        text=RULED,
    )
    states = Ask.objects.filter(case_id=case.pk).order_by("asked_at")
    assert list(states.values_list("state", flat=True)) == ["granted", "refused"]


@pytest.mark.parametrize("who", [Role.UNIT_MEMBER, Role.GRID_WORKER, Role.CALLBACK_AGENT])
def test_nobody_but_dispatcher_street_or_supervisor_decides(town: Town, who: Role) -> None:
    case = forward(town, until="dispatched")
    ask_return(town, case, Role.UNIT_MEMBER, 10 * MINUTE)
    with pytest.raises(Forbidden):
        actions.decide_return(
            case_id=case.pk, doing=by(town, who, 12 * MINUTE), ok=True, text=RULED
        )
    assert again(case).state == "return_req"


def test_a_clerk_does_not_decide_what_the_own_community_asks(town: Town) -> None:
    case = forward(town, until="dispatched", unit="community-C1")
    ask_return(town, case, Role.COMMUNITY_CLERK, 10 * MINUTE)
    with pytest.raises(Forbidden) as caught:
        actions.decide_return(
            case_id=case.pk,
            doing=by(town, Role.COMMUNITY_SECRETARY, 12 * MINUTE),
            ok=True,
            text=RULED,
        )
    assert caught.value.code == "ask.another_person"
    assert Ask.objects.get(case_id=case.pk).state == "open"


def test_past_rulings_on_the_category_are_shown_without_the_case(town: Town) -> None:
    old, other = (
        forward(town, until="dispatched"),
        forward(town, until="dispatched", category="clean.rubbish"),
    )
    upheld(town, old)
    upheld(town, other)
    case = forward(town, until="dispatched", at=town.now + DAY)
    found = queries.past_rulings(town.viewer(Role.DISPATCHER), case_id=case.pk)
    assert [(row.unit, row.proposed, row.item, row.ruling, row.upheld) for row in found] == [
        ("县水利局", "县综合行政执法局", ITEM, RULED, True)
    ]
    assert not hasattr(found[0], "number")


def test_the_same_key_asks_and_decides_once(town: Town) -> None:
    case = forward(town, until="dispatched")
    ask_return(town, case, Role.UNIT_MEMBER, 10 * MINUTE)
    deciding = by(town, Role.DISPATCHER, 12 * MINUTE)
    for _ in range(2):
        done = actions.decide_return(case_id=case.pk, doing=deciding, ok=False, text="属于你局")
    assert done.state == "accepted"
    assert case.steps.filter(action="refuse_return").count() == 1
