"""A reporter who asked for confidence (保密): known to the county centre alone (trust.md §0.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.audit.models import Look
from onegrid.cases import actions, queries
from onegrid.cases.actions import Place, Reporter, Request
from onegrid.cases.models import Case
from onegrid.common.refusals import Forbidden
from tests.county import COUNTY, Town, doing, middle
from tests.web.staff import browser, travel, words

NAME, PHONE = "钱知情", "13912345678"
LATER = timedelta(minutes=10)
CENTRE = {Role.DISPATCHER, Role.CALLBACK_AGENT}
#: Roles of the county whose scope reaches the case and who call reporters in other cases.
HANDLERS = (
    Role.GRID_WORKER,
    Role.COMMUNITY_CLERK,
    Role.COMMUNITY_SECRETARY,
    Role.UNIT_MEMBER,
    Role.UNIT_HEAD,
)
ONLOOKERS = (Role.STREET_OFFICER, Role.SUPERVISOR)
WHERE = {Role.GRID_WORKER: "/work"}


def given(town: Town, *, confidential: bool) -> Case:
    """Return a case in the hands of the water bureau."""
    lon, lat = middle(0, 0)
    receipt = actions.open_case(
        viewer=Viewer.anonymous(COUNTY),
        request=Request(
            text="物业私自停水，请保密",
            place=Place(lon=lon, lat=lat),
            category_code="water.leak",
            reporter=Reporter(name=NAME, phone=PHONE),
            confidential=confidential,
        ),
        now=town.now,
        key=uuid4(),
    )
    clerk, minute = Role.COMMUNITY_CLERK, timedelta(minutes=1)
    actions.start_triage(case_id=receipt.case_id, doing=doing(town, clerk, town.now + minute))
    actions.classify(
        case_id=receipt.case_id,
        doing=doing(town, clerk, town.now + 2 * minute),
        case_class="general",
        category_code="water.leak",
    )
    actions.dispatch(
        case_id=receipt.case_id,
        doing=doing(town, clerk, town.now + 3 * minute),
        unit_id=town.units["water_bureau"],
    )
    return Case.objects.get(pk=receipt.case_id)


@pytest.mark.parametrize("role", [*HANDLERS, *ONLOOKERS])
def test_s40_a_handler_learns_neither_name_nor_number(town: Town, role: Role) -> None:
    case = given(town, confidential=True)
    address = f"{WHERE.get(role, '/desk/case')}/{case.number}/"
    with travel(town.now + LATER):
        client = browser(town, role)
        page = client.get(address, headers={"accept-language": "en"})
        asked = client.post(f"{address}contact/", {"purpose": "contact"})
    assert page.status_code == 200
    assert "The reporter asked for confidence." in words(page)
    assert asked.status_code == 403
    for answer in (page, asked):
        text = answer.content.decode()
        assert NAME not in text and PHONE not in text
        assert PHONE[-4:] not in text, "not even the end of the number"
        assert 'name="purpose"' not in text
    assert not Look.objects.exists()


@pytest.mark.parametrize("role", HANDLERS)
def test_without_the_wish_those_who_must_call_can(town: Town, role: Role) -> None:
    case = given(town, confidential=False)
    found = queries.contact(
        town.viewer(role), case_id=case.pk, purpose="contact", now=town.now + LATER
    )
    assert (found.name, found.phone) == (NAME, PHONE)


@pytest.mark.parametrize("role", sorted(CENTRE))
def test_s48_the_county_centre_can_call_and_the_look_is_written_down(
    town: Town, role: Role
) -> None:
    case = given(town, confidential=True)
    with travel(town.now + LATER):
        page = browser(town, role).post(
            f"/desk/case/{case.number}/contact/", {"purpose": "callback"}
        )
    assert page.status_code == 200
    assert NAME in words(page) and PHONE in words(page)
    look = Look.objects.get(subject_id=case.pk)
    user = town.users[role]
    assert (look.viewer_id, look.viewer_role, look.purpose) == (user.pk, role, "callback")


def test_a_second_role_that_does_not_reach_the_case_opens_nothing(town: Town) -> None:
    """Roles are not added up: a call-back agent elsewhere is here what the other role is."""
    case = given(town, confidential=True)
    member, head = town.viewer(Role.UNIT_MEMBER), town.viewer(Role.UNIT_HEAD)
    elsewhere = replace(head.grants[0], role=Role.CALLBACK_AGENT, unit_id=uuid4())
    both = replace(member, grants=(*member.grants, elsewhere))
    with pytest.raises(Forbidden, match=r"contact\.confidential"):
        queries.contact(both, case_id=case.pk, purpose="contact", now=town.now + LATER)


def test_the_reporter_still_sees_the_own_number_and_who_looked(town: Town) -> None:
    case = given(town, confidential=True)
    when = town.now + LATER
    queries.contact(town.viewer(Role.DISPATCHER), case_id=case.pk, purpose="contact", now=when)
    own = queries.reporter.case_of_reporter(Viewer.anonymous(COUNTY), case_id=case.pk, now=when)
    assert own.masked_phone == "139****5678"
    assert [row.purpose for row in queries.who_looked(own)] == ["contact"]
