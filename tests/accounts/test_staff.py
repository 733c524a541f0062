"""Staff sign in by password and a second factor; until then nothing else opens (trust.md S13, S14)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import reverse

from onegrid.accounts import actions
from onegrid.accounts.models import Session, User
from onegrid.accounts.terms import Role
from onegrid.common.tenancy.context import tenant_tx
from onegrid.conf import settings as product
from tests.accounts.conftest import PASSWORD, SYSTEM, People, sign_in, signed_in
from tests.conftest import COUNTY

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\son\w+=|javascript:|style="
)


def set_up_totp(client: Client) -> str:
    """Set an authenticator app up in a browser; return its secret."""
    page = client.get("/account/2fa/totp/").content.decode()
    found = re.search(r'<code class="num">([A-Z2-7]{16,})</code>', page)
    assert found is not None, page
    secret = found[1]
    done = client.post("/account/2fa/totp/", {"code": pyotp.TOTP(secret).now()})
    assert done.status_code == 302, done.content.decode()
    return secret


def opens(client: Client, path: str = "/admin/accounts/") -> bool:
    return bool(client.get(path).status_code == 200)


def test_a_password_alone_opens_only_the_account_pages(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("system")
    for path in ("/", "/admin/", "/admin/accounts/", "/account/tokens/", "/account/"):
        assert client.get(path).url == "/account/2fa/", path
    assert client.post("/admin/accounts/new/", {"username": "x"}).url == "/account/2fa/"
    for path in ("/account/2fa/", "/account/2fa/totp/", "/account/2fa/keys/add/"):
        assert client.get(path).status_code == 200, path


def test_setting_up_an_app_opens_the_desk_and_gives_recovery_codes(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("system")
    before = client.cookies["session"].value
    set_up_totp(client)
    assert client.cookies["session"].value != before
    codes = client.get("/account/2fa/codes/")
    assert len(re.findall(r"<li><code>", codes.content.decode())) == 10
    assert opens(client)


def test_the_next_sign_in_asks_for_the_code(people: People, clock: time_machine.Traveller) -> None:
    secret = set_up_totp(signed_in("system"))
    clock.shift(60)
    client = Client()
    assert sign_in(client, "system").url == "/account/2fa/authenticate/"
    assert not opens(client)
    assert client.get("/account/2fa/authenticate/").status_code == 200
    wrong = f"{(int(pyotp.TOTP(secret).now()) + 1) % 10**6:06d}"
    assert client.post("/account/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert not opens(client)
    code = pyotp.TOTP(secret).now()
    assert client.post("/account/2fa/authenticate/", {"code": code}).url == "/account/home/"
    assert opens(client)
    other = Client()
    sign_in(other, "system")
    other.post("/account/2fa/authenticate/", {"code": code})
    assert not opens(other), "a code works once"


def test_a_recovery_code_works_once(people: People, clock: time_machine.Traveller) -> None:
    first = signed_in("system")
    set_up_totp(first)
    page = first.get("/account/2fa/codes/").content.decode()
    code = re.findall(r"<li><code>([^<]+)</code>", page)[0]
    for expected in (True, False):
        client = Client()
        sign_in(client, "system")
        client.post("/account/2fa/authenticate/", {"code": code})
        assert opens(client) is expected


def test_a_secret_is_not_readable_in_the_database(
    people: People, clock: time_machine.Traveller
) -> None:
    secret = set_up_totp(signed_in("system"))
    assert secret not in str(list(Authenticator.objects.values()))


def test_the_last_factor_cannot_be_removed(people: People, clock: time_machine.Traveller) -> None:
    client = signed_in("system")
    set_up_totp(client)
    client.post("/account/2fa/totp/remove/", {})
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_a_new_factor_ends_the_other_sessions(
    people: People, clock: time_machine.Traveller
) -> None:
    stolen, own = signed_in("system"), signed_in("system")
    set_up_totp(own)
    assert stolen.get("/account/2fa/").url.startswith("/account/login/")
    assert opens(own)


def test_records_of_another_account_do_not_count(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("system")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp"}]
    session["account_authentication_methods_user"] = str(people.ids["security"])
    session.save()
    assert not opens(client)


def test_without_the_requirement_a_password_is_enough(
    people: People, clock: time_machine.Traveller, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    assert opens(signed_in("system"))


def test_a_temporary_password_is_changed_before_anything_else(
    people: People, clock: time_machine.Traveller
) -> None:
    with tenant_tx(COUNTY):
        drawn = actions.set_password(
            viewer=people.viewer("system"), user_id=people.ids["dispatcher"], now=clock_now(clock)
        )
    client = Client()
    sign_in(client, "dispatcher", drawn)
    for path in ("/account/2fa/", "/account/2fa/totp/", "/", "/account/sessions/"):
        assert client.get(path).url == "/account/password/", path
    assert client.get("/account/password/").status_code == 200
    form = {"oldpassword": drawn, "password1": "a better secret", "password2": "a better secret"}
    assert client.post("/account/password/", form).status_code == 302
    user = User.objects.get(username="dispatcher")
    assert user.check_password("a better secret")
    assert not user.password_is_temporary
    assert client.get("/").url == "/account/2fa/"


def clock_now(clock: time_machine.Traveller) -> Any:
    from django.utils import timezone

    return timezone.now()


def test_s16_an_own_new_password_ends_the_other_sessions(
    people: People, clock: time_machine.Traveller
) -> None:
    stolen, own = signed_in("dispatcher"), signed_in("dispatcher")
    form = {"oldpassword": PASSWORD, "password1": "a better secret", "password2": "a better secret"}
    own.post("/account/password/", form)
    assert stolen.get("/account/2fa/").url.startswith("/account/login/")
    assert own.get("/account/2fa/").status_code == 200
    assert Session.objects.filter(user_id=people.ids["dispatcher"]).count() == 1


def test_s13_unknown_closed_and_wrong_say_the_same(
    people: People, clock: time_machine.Traveller
) -> None:
    with tenant_tx(COUNTY):
        actions.disable_user(viewer=SYSTEM, user_id=people.ids["audit"], now=clock_now(clock))
    pages = set()
    for name in ("nobody-knows", "audit", "dispatcher"):
        page = sign_in(Client(), name, "wrong password").content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page).replace(name, "NAME")
        pages.add(page)
    assert len(pages) == 1


def test_s13_wrong_passwords_are_throttled_for_their_address_only(
    people: People, clock: time_machine.Traveller
) -> None:
    here, there = Client(REMOTE_ADDR="10.1.1.1"), Client(REMOTE_ADDR="10.1.1.2")
    for _ in range(5):
        assert sign_in(here, "dispatcher", "wrong").status_code == 200
    assert sign_in(here, "dispatcher").status_code == 200, "the right one does not open any more"
    assert sign_in(there, "dispatcher").status_code == 302
    clock.shift(301)
    assert sign_in(here, "dispatcher").status_code == 302


def test_many_sign_ins_from_one_address_get_a_friendly_page(
    people: People, clock: time_machine.Traveller
) -> None:
    client = Client()
    answers = [sign_in(client, f"name{n}", "wrong") for n in range(61)]
    assert answers[-1].status_code == 429
    assert "12345" in answers[-1].content.decode()


def test_an_account_of_another_county_does_not_open_here(
    people: People, clock: time_machine.Traveller
) -> None:
    User.objects.filter(username="dispatcher").update(tenant_id=370724)
    client = Client()
    assert sign_in(client, "dispatcher").status_code == 200
    assert not Session.objects.filter(user_id=people.ids["dispatcher"]).exists()


def test_residents_cannot_sign_in_by_password(
    people: People, clock: time_machine.Traveller
) -> None:
    with tenant_tx(COUNTY):
        user_id = actions.ensure_resident(
            tenant_id=COUNTY, phone="13800000001", now=clock_now(clock)
        )
    name = User.objects.get(id=user_id).username
    assert sign_in(Client(), name, "").status_code == 200
    assert sign_in(Client(), name, "!").status_code == 200


@pytest.mark.parametrize(
    ("username", "role", "home"),
    [
        ("system", None, "/admin/"),
        ("dispatcher", None, "desk"),
        ("nobody", Role.GRID_WORKER, "work"),
    ],
)
def test_each_role_lands_on_its_own_desk(
    people: People,
    clock: time_machine.Traveller,
    settings: Any,
    username: str,
    role: Role | None,
    home: str,
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    if role is not None:
        with tenant_tx(COUNTY):
            actions.grant_role(
                viewer=SYSTEM,
                user_id=people.ids[username],
                role=role,
                area_id=people.ids["system"],
                now=clock_now(clock) - timedelta(days=1),
            )
    assert home in signed_in(username).get("/account/home/").url


def test_staff_without_a_role_land_on_their_account(
    people: People, clock: time_machine.Traveller, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    assert signed_in("nobody").get("/account/home/").url == "/account/"


def test_signing_out_clears_the_browser(people: People, clock: time_machine.Traveller) -> None:
    client = signed_in("dispatcher")
    assert client.get("/account/logout/").status_code == 200
    done = client.post("/account/logout/")
    assert done.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/account/2fa/").status_code == 302
    assert not Session.objects.filter(user_id=people.ids["dispatcher"]).exists()


def test_signing_in_and_out_needs_the_csrf_token(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "dispatcher").status_code == 403
    assert client.post("/account/logout/").status_code == 403
    assert client.post("/signin", {"phone": "13800000001"}).status_code == 403


def test_no_sign_up_and_no_address_we_do_not_serve(people: People) -> None:
    for path in ("/account/signup/", "/account/email/", "/account/password/reset/", "/accounts/"):
        assert Client().get(path).status_code == 404, path


def test_no_page_runs_inline_script(people: People, clock: time_machine.Traveller) -> None:
    anonymous, half, full = Client(), signed_in("dispatcher"), signed_in("system")
    set_up_totp(full)
    other = Client()
    sign_in(other, "system")
    wanted = [
        (anonymous, ("/signin", "/account/login/")),
        (half, ("/account/2fa/", "/account/2fa/totp/", "/account/2fa/keys/add/")),
        (other, ("/account/2fa/authenticate/",)),
        (full, tuple(map(reverse, _FULL))),
    ]
    for client, paths in wanted:
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            assert INLINE.search(page.content.decode()) is None, path
            policy = page.headers["Content-Security-Policy"]
            assert "unsafe" not in policy, path
            assert "script-src 'self'" in policy, path


_FULL = (
    "account_profile",
    "account_sessions",
    "account_tokens",
    "account_logout",
    "account_change_password",
    "mfa_index",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "admin:accounts",
    "admin:account_new",
    "admin:holidays",
    "admin:promised_times",
)


def test_step_up_asks_again_after_ten_minutes(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("dispatcher")
    secret = set_up_totp(client)
    assert client.get("/account/tokens/").status_code == 200
    clock.shift(601)
    asked = client.get("/account/tokens/")
    assert asked.url.startswith("/account/reauthenticate/")
    assert client.get(asked.url).status_code == 200
    before = client.cookies["session"].value
    wrong = client.post(asked.url, {"password": "wrong"})
    assert wrong.status_code == 200
    again = client.post(asked.url, {"password": PASSWORD})
    assert again.url == "/account/tokens/"
    assert client.cookies["session"].value != before
    assert client.get("/account/tokens/").status_code == 200
    clock.shift(601)
    code = {"code": pyotp.TOTP(secret).now()}
    assert client.get("/account/2fa/reauthenticate/").status_code == 200
    assert (
        client.post("/account/2fa/reauthenticate/?next=/account/tokens/", code).status_code == 302
    )
    assert client.get("/account/tokens/").status_code == 200


def test_s13_tries_from_many_addresses_are_counted_per_account(
    people: People, clock: time_machine.Traveller, settings: Any
) -> None:
    limits = {**settings.ACCOUNT_RATE_LIMITS, "login_failed_account": "3/h/key"}
    settings.ACCOUNT_RATE_LIMITS = limits
    for number in range(3):
        sign_in(Client(REMOTE_ADDR=f"10.3.3.{number}"), "dispatcher", "wrong")
    assert sign_in(Client(REMOTE_ADDR="10.3.3.9"), "dispatcher").status_code == 200
    assert sign_in(Client(REMOTE_ADDR="10.3.3.9"), "system").status_code == 302


def test_s12_passwords_are_kept_by_argon2id() -> None:
    assert product.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    parameters = Argon2PasswordHasher().params()
    assert parameters.type.name == "ID"
    assert parameters.memory_cost >= 19_456
    assert parameters.time_cost >= 2
