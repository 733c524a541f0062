"""A fresh proof of sign-in before what is sensitive (trust.md S19), by every kind of sign-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
import time_machine
from django.test import Client

from onegrid.accounts import actions
from onegrid.accounts.models import User
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from tests.county import COUNTY, Town, report

PASSWORD, SECRET = (
    "correct horse battery",
    "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
)  # pragma: allowlist secret
EXPORT, QUEUE = "/desk/export/?which=all&state=registered", "/desk/?which=all&state=registered"
LATE = timedelta(minutes=10, seconds=1)


@pytest.fixture
def user(town: Town, settings: Any) -> User:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    report(town)
    found = town.users[Role.DISPATCHER]
    found.set_password(PASSWORD)
    found.save(update_fields=["password"])
    return found


def sign_in(user: User) -> Client:
    client = Client()
    sent = client.post("/account/login/", {"login": user.username, "password": PASSWORD})
    assert sent.status_code == 302
    return client


def is_sheet(answer: Any) -> bool:
    return answer.status_code == 200 and answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_s19_in_the_demo_the_password_is_asked_before_an_export(
    town: Town, user: User, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    with time_machine.travel(town.now, tick=False) as clock:
        client = sign_in(user)
        assert is_sheet(client.get(EXPORT)), "just signed in"
        clock.shift(LATE)
        asked = client.get(EXPORT)
        assert urlsplit(asked.url).path == "/account/reauthenticate/"
        page = client.get(asked.url)
        assert page.status_code == 200
        assert "password" in page.content.decode()
        assert client.post(asked.url, {"password": "wrong"}).status_code == 200
        assert not is_sheet(client.get(EXPORT)), "a wrong password is no proof"
        assert client.post(asked.url, {"password": PASSWORD}).url == QUEUE
        assert client.get(QUEUE).status_code == 200
        assert is_sheet(client.get(EXPORT))


def test_s19_with_a_second_factor_its_code_is_a_proof(town: Town, user: User) -> None:
    system = Viewer.system(COUNTY)
    actions.add_authenticator(viewer=system, user_id=user.id, secret=SECRET)
    with time_machine.travel(town.now, tick=False) as clock:
        client = sign_in(user)
        assert client.post("/account/2fa/authenticate/", {"code": code()}).status_code == 302
        assert is_sheet(client.get(EXPORT))
        clock.shift(LATE)
        query = urlsplit(client.get(EXPORT).url).query
        again = client.post(f"/account/2fa/reauthenticate/?{query}", {"code": code()})
        assert again.url == QUEUE
        assert is_sheet(client.get(EXPORT))


def code() -> str:
    return str(pyotp.TOTP(SECRET).now())


def signed_in_by(user: User, method: str, at: float) -> Client:
    """Return a browser of somebody who has neither password nor factor here."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": at}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def test_s19_who_signs_in_by_openid_signs_in_there_once_more(town: Town, user: User) -> None:
    with time_machine.travel(town.now, tick=False) as clock:
        client = signed_in_by(user, "socialaccount", town.now.timestamp())
        assert is_sheet(client.get(EXPORT))
        clock.shift(LATE)
        asked = client.get(EXPORT)
        assert urlsplit(asked.url).path == "/account/login/"
        assert client.get(asked.url).status_code == 200, "signed out, so that it can be shown"


def test_s19_a_resident_asks_for_a_code_once_more(town: Town, user: User) -> None:
    resident = town.users[Role.RESIDENT]
    with time_machine.travel(town.now, tick=False) as clock:
        client = signed_in_by(resident, "code", town.now.timestamp())
        assert client.get("/account/tokens/").status_code == 200
        clock.shift(LATE)
        asked = client.get("/account/tokens/")
        assert asked.url == "/signin?next=/account/tokens/"
        assert client.get(asked.url).status_code == 200


def test_s19_a_form_that_was_sent_is_done_after_the_proof(
    town: Town, user: User, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    admin, closed = town.users[Role.SYSTEM_ADMIN], town.users[Role.GRID_WORKER]
    admin.set_password(PASSWORD)
    admin.save(update_fields=["password"])
    address = f"/admin/accounts/{closed.pk}/"
    with time_machine.travel(town.now, tick=False) as clock:
        client = sign_in(admin)
        clock.shift(LATE)
        assert client.get(address).status_code == 200, "to look needs no proof"
        asked = client.post(address, {"action": "close"})
        assert urlsplit(asked.url).path == "/account/reauthenticate/"
        assert User.objects.get(pk=closed.pk).is_active
        assert client.post(asked.url, {"password": PASSWORD}).url == address
        assert not User.objects.get(pk=closed.pk).is_active


@pytest.mark.parametrize(
    "path",
    ["/account/reauthenticate/", "/account/password/", "/account/2fa/", "/account/2fa/totp/"],
)
def test_s21_a_resident_is_led_to_the_own_account_and_told_why(
    town: Town, user: User, path: str
) -> None:
    client = Client()
    client.force_login(town.users[Role.RESIDENT])
    led = client.get(path, follow=True, headers={"accept-language": "en"})
    assert led.redirect_chain == [("/account/", 302)]
    assert "Residents sign in by a code on their phone" in led.content.decode()
