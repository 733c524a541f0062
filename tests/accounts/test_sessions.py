"""How long sessions last, and who ends them (trust.md S16 to S18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from onegrid.accounts import actions, session_limits
from onegrid.accounts.models import Session
from onegrid.accounts.queries import session_handle
from onegrid.common.tenancy.context import tenant_tx
from tests.accounts.conftest import People, signed_in
from tests.accounts.test_phone import ask, sent_code
from tests.conftest import COUNTY, MONDAY

PAGE = "/account/sessions/"


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    """Look at sessions alone."""
    settings.STAFF_MFA_REQUIRED = False


def resident() -> Client:
    client = Client()
    ask(client)
    client.post("/signin/code", {"code": sent_code()})
    return client


def test_staff_are_signed_out_after_half_an_hour_of_nothing(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("dispatcher")
    for _ in range(3):
        clock.shift(29 * 60)
        assert client.get(PAGE).status_code == 200
    clock.shift(30 * 60)
    assert client.get(PAGE).status_code == 302
    assert not Session.objects.filter(user_id=people.ids["dispatcher"]).exists()


def test_staff_are_signed_out_after_twelve_hours_in_any_case(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("dispatcher")
    for _ in range(35):
        clock.shift(20 * 60)
        assert client.get(PAGE).status_code == 200
    clock.shift(20 * 60)
    assert client.get(PAGE).status_code == 302


def test_the_cookie_of_staff_ends_with_the_browser(
    people: People, clock: time_machine.Traveller
) -> None:
    assert signed_in("dispatcher").cookies["session"]["max-age"] == ""


def test_residents_stay_signed_in_for_thirty_days_without_a_visit(
    people: People, clock: time_machine.Traveller
) -> None:
    client = resident()
    for _ in range(3):
        clock.shift(timedelta(days=29))
        assert client.get(PAGE).status_code == 200
    clock.shift(timedelta(days=30, seconds=1))
    assert client.get(PAGE).status_code == 302


def test_a_busy_session_is_written_once_a_minute(
    people: People, clock: time_machine.Traveller, django_assert_num_queries: Any
) -> None:
    client = signed_in("dispatcher")
    seen = Session.objects.get(user_id=people.ids["dispatcher"]).seen_at
    clock.shift(59)
    client.get(PAGE)
    assert Session.objects.get(user_id=people.ids["dispatcher"]).seen_at == seen
    clock.shift(1)
    client.get(PAGE)
    assert Session.objects.get(user_id=people.ids["dispatcher"]).seen_at == seen + timedelta(
        minutes=1
    )


def test_s25_a_role_taken_away_acts_on_the_next_request(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("audit")
    assert client.get("/admin/looks/").status_code == 200
    with tenant_tx(COUNTY):
        viewer = people.viewer("security")
        from onegrid.accounts.queries.admin import grants

        held = grants(viewer, user_id=people.ids["audit"], now=MONDAY)
        actions.end_role(viewer=viewer, grant_id=held[0].id, now=timezone.now())
    assert client.get("/admin/looks/").status_code == 302


def test_s18_a_user_sees_and_ends_own_sessions(
    people: People, clock: time_machine.Traveller
) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537"
    here, there = signed_in("dispatcher"), Client(headers={"user-agent": agent})
    there.post("/account/login/", {"login": "dispatcher", "password": "correct horse battery"})
    page = here.get(PAGE).content.decode()
    assert "Chrome · Windows" in page
    for client in (here, there):
        assert client.cookies["session"].value not in page
    handle = session_handle(there.cookies["session"].value)
    assert here.post("/account/sessions/end/", {"handle": handle}).status_code == 302
    assert there.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200


def test_nobody_ends_somebody_elses_session(people: People, clock: time_machine.Traveller) -> None:
    mine, theirs = signed_in("dispatcher"), signed_in("system")
    handle = session_handle(theirs.cookies["session"].value)
    assert mine.post("/account/sessions/end/", {"handle": handle}).status_code == 404
    assert theirs.get(PAGE).status_code == 200


def test_all_other_sessions_end_at_once(people: People, clock: time_machine.Traveller) -> None:
    here, there = signed_in("dispatcher"), signed_in("dispatcher")
    stranger = signed_in("system")
    here.post("/account/sessions/end/", {})
    assert [client.get(PAGE).status_code for client in (here, there, stranger)] == [200, 302, 200]


def test_a_closed_account_is_signed_out_on_the_next_request(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("dispatcher")
    with tenant_tx(COUNTY):
        actions.disable_user(
            viewer=people.viewer("system"), user_id=people.ids["dispatcher"], now=MONDAY
        )
    assert client.get(PAGE).status_code == 302


def test_a_visitor_costs_no_session_row(people: People, clock: time_machine.Traveller) -> None:
    Client().get("/signin")
    assert not Session.objects.exists()


def test_expired_sessions_are_forgotten(people: People, clock: time_machine.Traveller) -> None:
    signed_in("dispatcher")
    assert actions.forget_expired(now=timezone.now()) == 0
    assert actions.forget_expired(now=timezone.now() + timedelta(hours=13)) == 1


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130 MicroMessenger/8", "WeChat · Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Version/17 Safari/605", "Safari · macOS"),
        ("curl/8", ""),
        ("<script>", ""),
    ],
)
def test_a_device_is_named_by_known_words_only(agent: str, name: str) -> None:
    assert session_limits.device_name(agent) == name


def test_limits_of_staff_and_residents_differ(settings: Any) -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    for staff, hours, goes_on in ((True, 0.4, True), (True, 0.5, False), (False, 700, True)):
        session: Any = _Plain()
        session_limits.begin(session, staff=staff, user_agent="", now=began)
        later = began + timedelta(hours=hours)
        assert session_limits.goes_on(session, staff=staff, now=later) is goes_on


class _Plain(dict[str, Any]):
    """A session without a store."""

    def set_expiry(self, seconds: int) -> None:
        self["expiry"] = seconds
