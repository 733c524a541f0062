"""Sign-in of residents by a code on their phone (trust.md S15)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from onegrid.accounts import actions
from onegrid.accounts.actions import phone
from onegrid.accounts.models import LoginCode, Session, User
from onegrid.common.refusals import Invalid, Throttled
from onegrid.common.tenancy.context import tenant_tx
from onegrid.notices.models import Outbox
from tests.accounts.conftest import SYSTEM, People
from tests.conftest import COUNTY, MONDAY

NUMBER = "13800000009"


def issue(number: str = NUMBER, *, at: Any = MONDAY, address: str = "10.0.0.1", **more: Any) -> Any:
    return phone.issue_code(
        **{
            "phone": number,
            "browser": "b1",
            "address": address,
            "county_day_cap": 1000,
            "now": at,
            **more,
        }
    )


def verify(code: str, *, browser: str = "b1", at: Any = MONDAY) -> Any:
    return phone.verify_code(phone=NUMBER, browser=browser, code=code, now=at)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_right_code_opens_and_makes_the_account_once(inside: People) -> None:
    first = verify(issue().code)
    later = MONDAY + timedelta(minutes=2)
    assert verify(issue(at=later).code, at=later) == first
    assert User.objects.filter(phone=NUMBER).count() == 1


def test_a_code_has_six_digits_also_when_small(inside: People) -> None:
    assert issue(draw=lambda below: 7).code == "000007"
    verify("000 007")


def test_codes_are_drawn_from_the_whole_range(inside: People) -> None:
    seen = []
    issue(draw=lambda below: seen.append(below) or 0)
    assert seen == [1_000_000]


def test_a_code_works_once(inside: People) -> None:
    code = issue().code
    verify(code)
    with pytest.raises(Invalid, match="code_expired"):
        verify(code)


def test_a_code_opens_only_the_browser_that_asked(inside: People) -> None:
    code = issue().code
    with pytest.raises(Invalid, match="code_expired"):
        verify(code, browser="b2")
    verify(code)


def test_a_code_lives_ten_minutes(inside: People) -> None:
    code = issue().code
    with pytest.raises(Invalid, match="code_expired"):
        verify(code, at=MONDAY + timedelta(minutes=10))
    verify(code, at=MONDAY + timedelta(minutes=10) - timedelta(seconds=1))


def test_after_five_wrong_tries_the_right_code_is_wrong(inside: People) -> None:
    code = issue().code
    for left in (4, 3, 2, 1):
        with pytest.raises(Invalid, match="code_wrong") as refused:
            verify(other(code))
        assert refused.value.params["left"] == left
    for typed in (other(code), code):
        with pytest.raises(Invalid, match="code_spent"):
            verify(typed)
    assert LoginCode.objects.get().tries == 5


def test_the_database_allows_no_sixth_try(inside: People) -> None:
    issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        LoginCode.objects.update(tries=6)


def test_only_the_latest_code_counts(inside: People) -> None:
    first = issue(draw=lambda below: 1).code
    issue(at=MONDAY + timedelta(minutes=1), draw=lambda below: 2)
    with pytest.raises(Invalid, match="code_wrong"):
        verify(first, at=MONDAY + timedelta(minutes=1))


def test_a_number_gets_one_code_a_minute_five_an_hour_ten_a_day(inside: People) -> None:
    issue()
    with pytest.raises(Throttled) as refused:
        issue(at=MONDAY + timedelta(seconds=20))
    assert 40 <= refused.value.params["seconds"] <= 41
    for minutes in (1, 2, 3, 4):
        issue(at=MONDAY + timedelta(minutes=minutes))
    with pytest.raises(Throttled):
        issue(at=MONDAY + timedelta(minutes=59))
    for hours in (2, 3, 4, 5, 6):
        issue(at=MONDAY + timedelta(hours=hours))
    with pytest.raises(Throttled):
        issue(at=MONDAY + timedelta(hours=23))
    issue(at=MONDAY + timedelta(hours=24, seconds=1))
    assert issue("13800000008", at=MONDAY).phone == "13800000008"


def test_an_address_gets_thirty_codes_an_hour(inside: People) -> None:
    for number in range(30):
        issue(f"138000001{number:02d}")
    with pytest.raises(Throttled, match="too_many_here"):
        issue()
    issue(address="10.0.0.2")


def test_a_household_does_not_get_more_by_changing_its_ipv6_address(inside: People) -> None:
    for number in range(30):
        issue(f"138000001{number:02d}", address=f"2001:db8::{number:x}")
    with pytest.raises(Throttled, match="too_many_here"):
        issue(address="2001:db8::ffff")
    issue(address="2001:db8:0:1::1")


def test_the_county_sends_no_more_than_its_cap_a_day(inside: People) -> None:
    for number in range(3):
        issue(f"138000001{number:02d}", address=f"10.0.1.{number}", county_day_cap=3)
    with pytest.raises(Throttled, match="county_cap"):
        issue(county_day_cap=3)


def test_neither_code_nor_address_nor_browser_is_kept(inside: People) -> None:
    issued = issue(address="203.0.113.77", browser="only-this-browser")
    kept = str(LoginCode.objects.values().get())
    for secret in (issued.code, "203.0.113.77", "only-this-browser"):
        assert secret not in kept


def test_old_codes_are_forgotten(inside: People) -> None:
    issue()
    assert phone.forget_codes(before=MONDAY) == 0
    assert phone.forget_codes(before=MONDAY + timedelta(seconds=1)) == 1


def test_a_closed_account_is_told_only_after_the_right_code(inside: People) -> None:
    user_id = actions.ensure_resident(tenant_id=COUNTY, phone=NUMBER, now=MONDAY)
    actions.disable_user(viewer=SYSTEM, user_id=user_id, now=MONDAY)
    code = issue().code
    with pytest.raises(Invalid, match="code_wrong"):
        verify(other(code))
    with pytest.raises(Exception, match="account_closed"):
        verify(code)


# -- pages ---------------------------------------------------------------------------------------


def sent_code() -> str:
    with tenant_tx(COUNTY):
        return str(
            Outbox.objects.order_by("-at", "-id").values_list("params", flat=True)[0]["code"]
        )


def ask(client: Client, number: str = NUMBER, **more: Any) -> Any:
    return client.post("/signin", {"phone": number, **more})


def test_a_resident_signs_in_and_gets_a_new_session(
    people: People, clock: time_machine.Traveller
) -> None:
    client = Client()
    assert client.get("/signin").status_code == 200
    assert ask(client).url == "/signin/code"
    before = client.cookies["session"].value
    assert client.get("/signin/code").status_code == 200
    done = client.post("/signin/code", {"code": sent_code()})
    assert done.url == "/account/home/"
    assert client.cookies["session"].value != before
    assert not Session.objects.filter(session_key=before).exists()
    assert client.get("/account/").status_code == 200
    assert client.cookies["session"]["max-age"] == 30 * 86_400


def test_the_answer_is_the_same_for_known_and_unknown_numbers(
    people: People, clock: time_machine.Traveller
) -> None:
    with tenant_tx(COUNTY):
        actions.ensure_resident(tenant_id=COUNTY, phone="13800000001", now=MONDAY)
    pages = []
    for number in ("13800000001", "13800000002"):
        client = Client()
        asked = ask(client, number)
        page = client.get("/signin/code").content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
        pages.append((asked.status_code, asked.url, page.replace(number[-4:], "NNNN")))
    assert pages[0] == pages[1]


def test_wrong_tries_count_although_the_page_refuses(
    people: People, clock: time_machine.Traveller
) -> None:
    client = Client()
    ask(client)
    code = sent_code()
    for _ in range(5):
        assert client.post("/signin/code", {"code": other(code)}).status_code == 422
    assert client.post("/signin/code", {"code": code}).status_code == 422
    assert client.get("/account/").status_code == 302


def test_another_browser_cannot_use_the_code(people: People, clock: time_machine.Traveller) -> None:
    first, second = Client(), Client()
    ask(first)
    code = sent_code()
    assert second.post("/signin/code", {"code": code}).url == "/signin"
    clock.shift(61)
    ask(second)
    assert second.post("/signin/code", {"code": code}).status_code == 422


def test_a_throttled_number_is_told_how_long_to_wait(
    people: People, clock: time_machine.Traveller
) -> None:
    client = Client()
    ask(client)
    again = ask(client)
    assert again.status_code == 429
    assert NUMBER in again.content.decode()


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(
    people: People, clock: time_machine.Traveller, address: str
) -> None:
    client = Client()
    ask(client, next=address)
    assert client.post("/signin/code", {"code": sent_code()}).url == "/account/home/"


def test_a_page_of_this_site_is_returned_to(people: People, clock: time_machine.Traveller) -> None:
    client = Client()
    ask(client, next="/account/sessions/")
    assert client.post("/signin/code", {"code": sent_code()}).url == "/account/sessions/"


def test_the_code_goes_out_in_the_readers_language(
    people: People, clock: time_machine.Traveller
) -> None:
    client = Client(headers={"accept-language": "en"})
    ask(client)
    with tenant_tx(COUNTY):
        row = Outbox.objects.get()
    assert (row.language, row.recipient, row.template) == ("en", NUMBER, "login_code")
    assert row.expires_at == MONDAY + timedelta(minutes=10)
