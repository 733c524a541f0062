"""Pages of other cities: entered, changed, tried, switched off; and what a case says of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.models import Case, Step
from onegrid.common.sealed import unseal
from onegrid.core.flow import Action
from onegrid.integrations.open311.models import Exchanged, Neighbour
from onegrid.integrations.open311.running import check, exchanged, wanted_checks
from onegrid.integrations.open311.setup import active_codes
from onegrid.integrations.outgoing import Outgoing
from tests.county import COUNTY, Town, doing, middle
from tests.flows.sharing import by
from tests.open311.twin import City
from tests.web.staff import browser, forward, travel
from tests.web.staff import words as raw_words

PAGE = "/admin/cities/"
EN = {"Accept-Language": "en"}
ADMIN = Role.SYSTEM_ADMIN
MINUTE = timedelta(minutes=1)
LON, LAT = middle(0, 0)


def words(response: Any) -> str:
    return " ".join(raw_words(response).split())


def typed(city: City, **more: Any) -> dict[str, Any]:
    return {
        "do": "add", "code": "qingzhou", "name": "青州市", "url": city.url, "form": "xml",
        "api_key": "their-secret-key", "services": "17=power.light\n", "pulls": "1", **more,
    }  # fmt: skip


def sent(town: Town, given: dict[str, Any], role: Role = ADMIN) -> Any:
    return browser(town, role).post(PAGE, given, headers=EN)


def seen(town: Town, address: str = PAGE) -> Any:
    return browser(town, ADMIN).get(address, headers=EN)


def test_e13_a_city_is_entered_and_its_key_is_never_shown_again(town: Town, city: City) -> None:
    with travel(town.now):
        assert sent(town, typed(city)).status_code == 302
        for address in (PAGE, f"{PAGE}?city=qingzhou"):
            page = seen(town, address)
            assert "青州市" in words(page)
            assert "their-secret-key" not in page.content.decode()
    row = Neighbour.objects.get()
    assert unseal(row.api_key) == "their-secret-key"
    assert (row.services, row.pulls, row.tells_updates) == ({"17": "power.light"}, True, False)


def test_e13_an_empty_key_keeps_the_one_that_stands_until_it_is_forgotten(
    town: Town, city: City
) -> None:
    with travel(town.now):
        sent(town, typed(city))
        changed = sent(town, typed(city, do="change", api_key="", name="青州"))
        assert changed.status_code == 302
        row = Neighbour.objects.get()
        assert (row.name, unseal(row.api_key)) == ("青州", "their-secret-key")
        sent(town, {"do": "forget", "city": "qingzhou"})
        assert "no key: nothing is handed over" in words(seen(town))
    assert Neighbour.objects.get().api_key == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "Q Z"}, "code"),
        ({"name": " "}, "name"),
        ({"url": "ftp://example.org"}, "url"),
        ({"url": "http://169.254.169.254/latest"}, "url"),
        ({"form": "csv"}, "form"),
        ({"services": "17"}, "services"),
        ({"services": "17=moon"}, "services"),
        ({"jurisdiction_id": "x" * 65}, "jurisdiction_id"),
    ],
)
def test_e13_what_cannot_be_used_names_its_field_and_keeps_nothing(
    town: Town, city: City, wrong: dict[str, str], field: str
) -> None:
    with travel(town.now):
        answer = sent(town, typed(city, **wrong))
    assert answer.status_code == 422
    assert [error["field"] for error in answer.context["errors"]] == [field]
    assert "their-secret-key" not in answer.content.decode()
    assert not Neighbour.objects.exists()


def test_e13_two_cities_have_neither_code_nor_name_in_common(town: Town, city: City) -> None:
    with travel(town.now):
        sent(town, typed(city))
        twice = sent(town, typed(city))
        namesake = sent(town, typed(city, code="qingzhou-2"))
    assert (twice.status_code, twice.context["errors"][0]["field"]) == (409, "code")
    assert (namesake.status_code, namesake.context["errors"][0]["field"]) == (422, "name")
    assert Neighbour.objects.count() == 1


def test_s19_a_change_needs_a_fresh_proof_of_sign_in(town: Town, city: City) -> None:
    with time_machine.travel(town.now, tick=False):
        admin = browser(town, ADMIN)
        session = admin.session
        session["account_authentication_methods"] = [
            {"method": "mfa", "at": (town.now - 11 * MINUTE).timestamp()}
        ]
        session.save()
        assert admin.get(PAGE).status_code == 200
        asked = admin.post(PAGE, typed(city))
    assert asked.status_code == 302
    assert PAGE not in asked.url.split("?")[0]
    assert not Neighbour.objects.exists()


def test_nobody_else_opens_the_page(town: Town, city: City) -> None:
    with travel(town.now):
        for role in (Role.SUPERVISOR, Role.SECURITY_ADMIN, Role.DISPATCHER, Role.RESIDENT):
            assert browser(town, role).get(PAGE).status_code == 403
            assert sent(town, typed(city), role).status_code == 403
    assert not Neighbour.objects.exists()


def test_e13_the_connection_is_checked_by_the_worker_and_shown(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    city.answer = (
        b"<services><service><service_code>17</service_code><service_name>Lights</service_name>"
        b"</service><service><service_code>18</service_code></service></services>"
    )
    with travel(town.now):
        sent(town, typed(city))
        sent(town, {"do": "check", "city": "qingzhou"})
        assert "is being checked" in words(seen(town))
        assert wanted_checks() == ("qingzhou",)
        check(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=town.now)
        assert "It answers: 2 services" in words(seen(town))
        assert "17 Lights → Street light out" in words(seen(town, f"{PAGE}?city=qingzhou"))
        city.answer = b"<html>"
        check(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=town.now)
        assert "They do not answer in XML" in words(seen(town))
    assert wanted_checks() == ()


def test_e13_a_city_that_is_switched_off_is_not_exchanged_with(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    city.requests = {"1": {"lat": str(LAT), "long": str(LON), "description": "路灯不亮"}}
    with travel(town.now):
        sent(town, typed(city))
        assert active_codes() == ("qingzhou",)
        assert sent(town, {"do": "off", "city": "qingzhou"}).status_code == 302
        sent(town, typed(city, do="change", api_key=""))
        assert active_codes() == (), "a change does not switch it on"
        sent(town, {"do": "on", "city": "qingzhou"})
        exchanged(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=town.now)
        assert Case.objects.count() == 1
        assert sent(town, {"do": "off", "city": "nowhere"}).status_code == 404


def test_e13_failures_and_the_last_exchange_are_shown(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    with travel(town.now):
        sent(town, typed(city))
    case = forward(town, until="classified")
    actions.hand_over(
        case_id=case.pk, doing=by(town, Role.DISPATCHER, 10 * MINUTE), body="青州市", text="在青州"
    )
    city.status = 403
    at = town.now + 15 * MINUTE
    done = exchanged(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=at)
    assert done.error == "later"
    with travel(at + MINUTE):
        page = words(seen(town))
        assert "Something could not be handed over; it is tried again" in page
        assert f"{case.number} 青州市 handed over being sent" in page
        assert "They refuse our key" in page
        renamed = sent(town, typed(city, do="change", name="新青州"))
        assert (renamed.status_code, renamed.context["errors"][0]["field"]) == (409, "name")
    city.status = 200
    exchanged(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=at + 5 * MINUTE)
    with travel(at + 6 * MINUTE):
        page = words(seen(town))
        assert "it has worked since" in page and "Everything was exchanged." in page
        shown = words(browser(town, Role.DISPATCHER).get(f"/desk/case/{case.number}/", headers=EN))
    assert "Other cities 青州市 handed over Number there T-1" in shown


def test_e13_a_case_says_which_city_it_came_from_and_hears_its_news_in_every_state(
    town: Town, city: City, outgoing: Outgoing
) -> None:
    with travel(town.now):
        sent(town, typed(city))
    place = {"lat": str(LAT), "long": str(LON)}
    city.requests = {"7": {**place, "status": "open", "description": "路灯不亮"}}
    exchanged(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=town.now)
    case = Case.objects.get()
    actions.start_triage(case_id=case.pk, doing=doing(town, Role.DISPATCHER, town.now + MINUTE))
    city.requests["7"]["status_notes"] = "已安排"
    at = town.now + 5 * MINUTE
    exchanged(tenant_id=COUNTY, code="qingzhou", outgoing=outgoing, now=at)
    said = Step.objects.get(case_id=case.pk, action=Action.EXTERNAL_NEWS)
    assert "已安排" in said.text and said.from_state == said.to_state == "triage"
    with travel(at + MINUTE):
        desk = browser(town, Role.DISPATCHER)
        shown = words(desk.get(f"/desk/case/{case.number}/", headers=EN))
        plain = forward(town, until="classified", at=at)
        other = words(desk.get(f"/desk/case/{plain.number}/", headers=EN))
    assert "Other cities 青州市 taken in Number there 7" in shown
    assert "they say: open" in shown and "What do they say?" in shown
    assert "Other cities" not in other and "What do they say?" not in other
    assert Exchanged.objects.get().error == ""
