"""What one person has said before is found again: joined cases under /my/, callers by number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.audit.models import Look
from onegrid.cases import actions
from onegrid.cases.actions import Doing, Reporter
from onegrid.cases.models import Case
from onegrid.grids.queries import address_list
from tests.county import Town, middle, report
from tests.web.staff import browser, queries_of, travel
from tests.web.staff import words as raw_words

EN = {"Accept-Language": "en"}
PHONE = "13900000002"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TEXT = "楼下水管漏水，已经两天了"


def words(response: Any) -> str:
    return " ".join(raw_words(response).split())


def joined(town: Town, **more: Any) -> Case:
    """Let the resident join a case that somebody else reported."""
    receipt = report(town, by=None, phone="13900000009", **more)
    resident = town.staff[Role.RESIDENT]
    at = town.now + MINUTE
    return actions.join(
        case_id=receipt.case_id, doing=Doing(resident, at, uuid4()), reporter=Reporter(),
        text="我家也是",
    )  # fmt: skip


def mine(town: Town, after: timedelta = 2 * MINUTE) -> Any:
    with travel(town.now + after):
        return browser(town, Role.RESIDENT).get("/my/", headers=EN)


def caller(town: Town, role: Role = Role.CALLBACK_AGENT, **typed: Any) -> str:
    """Return what the phone desk shows after looking up: no place, only number and words."""
    form = {
        "key": str(uuid4()), "channel": "phone", "kind": "help", "do": "check", "phone": PHONE,
        "text": "水管还在漏水", "category": "water.leak", **typed,
    }  # fmt: skip
    with travel(town.now + DAY):
        page = browser(town, role).post("/desk/intake/", form, headers=EN)
    assert page.status_code == 200
    _, _, known = words(page).partition("Perhaps known already")
    return known


def test_e3_a_joiner_finds_the_case_under_my_without_anything_personal(town: Town) -> None:
    case = joined(town)
    page = mine(town)
    seen = words(page)
    assert "What you joined" in seen and "水管漏水、停水" in seen and "我家也是" in seen
    html = page.content.decode()
    for secret in (case.number, TEXT, "13900000009", case.address):
        assert secret not in html
    assert Case.objects.get(pk=case.pk).reporter_id is None


def test_e3_the_joined_case_shows_how_it_stands_and_ends(town: Town) -> None:
    case = joined(town)
    Case.objects.filter(pk=case.pk).update(
        state="closed", result="solved", closed_at=town.now + MINUTE
    )
    seen = words(mine(town))
    assert "Closed" in seen and "Result : Solved" in seen.replace("Result:", "Result :")


def test_e3_nobody_else_finds_it_and_a_case_that_became_private_is_gone(town: Town) -> None:
    case = joined(town)
    with travel(town.now + 2 * MINUTE):
        assert browser(town, Role.DISPATCHER).get("/my/").status_code == 403
    Case.objects.filter(pk=case.pk).update(confidential=True)
    assert "What you joined" not in words(mine(town))


def test_e3_the_list_asks_the_database_as_often_for_one_as_for_many(town: Town) -> None:
    joined(town)
    with travel(town.now + 2 * MINUTE):
        resident = browser(town, Role.RESIDENT)
        before = queries_of(resident, "/my/")
        for _ in range(4):
            joined(town)
        assert queries_of(resident, "/my/") == before


def test_e3_a_caller_known_by_number_alone_is_found_without_a_place(town: Town) -> None:
    case = Case.objects.get(pk=report(town, by=None, phone=PHONE).case_id)
    assert case.number in caller(town)
    look = Look.objects.get(subject_id=case.pk, purpose="phone_desk")
    assert look.viewer_id == town.users[Role.CALLBACK_AGENT].pk


@pytest.mark.parametrize(
    "typed",
    [
        {"phone": "13900000003"},
        {"phone": ""},
        {"confidential": "1"},
        {"kind": "whistle"},
        {"category": "power.light", "text": "路灯不亮"},
    ],
)
def test_e3_another_number_matter_or_a_private_request_finds_nothing(
    town: Town, typed: dict[str, str]
) -> None:
    case = Case.objects.get(pk=report(town, by=None, phone=PHONE).case_id)
    assert case.number not in caller(town, **typed)


@pytest.mark.parametrize(
    "private",
    [
        {"confidential": True},
        {"kind": "whistle"},
        {"state": "closed", "closed_at": datetime(2026, 3, 2, 2, tzinfo=UTC)},
        {"state": "merged"},
        {"excluded_ids": ["00000000-0000-0000-0000-000000000001"]},
    ],
)
def test_d7_private_and_ended_cases_are_found_by_nobodys_number(
    town: Town, private: dict[str, Any]
) -> None:
    case = Case.objects.get(pk=report(town, by=None, phone=PHONE).case_id)
    Case.objects.filter(pk=case.pk).update(**private)
    assert case.number not in caller(town)


def test_d7_a_clerk_of_another_community_does_not_find_the_caller(town: Town) -> None:
    receipt = report(town, by=None, phone=PHONE)
    case = Case.objects.get(pk=receipt.case_id)
    assert case.number in caller(town, Role.COMMUNITY_CLERK)
    Case.objects.filter(pk=case.pk).update(
        community_id=town.areas["C2"], grid_id=town.areas["G21"], lead_unit_id=None
    )
    assert case.number not in caller(town, Role.COMMUNITY_CLERK)


def test_e3_the_same_kind_at_another_place_is_another_matter(town: Town) -> None:
    report(town, by=None, phone=PHONE, point=middle(1, 1), text="水表井盖坏了")
    case = Case.objects.get()
    found = address_list(on=town.now, search="G11小区 1号楼")
    here = next(str(row.building_id) for row in found if row.building_id)
    assert case.number not in caller(town, building=here)
