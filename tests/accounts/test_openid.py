"""OpenID sign-in against the demo issuer, over sockets: the contract both sides keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client as Browser

from onegrid.accounts import actions
from onegrid.accounts.models import User
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.oidc.demo import Server
from onegrid.integrations.oidc.issuer import ORDERS, Client, Issuer, Person
from tests.accounts.conftest import SYSTEM, People
from tests.conftest import COUNTY, MONDAY

BACK = "http://testserver/account/oidc/county/back/"
START = "/account/oidc/county/"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


@pytest.fixture
def issuer(settings: Any, key: rsa.RSAPrivateKey) -> Iterator[Issuer]:
    """Run the issuer on a free port and point the product at it."""
    server = Server(0)
    people = [Person("s-1", "system", "系统员"), Person("s-2", "stranger", "外人")]
    client = Client("onegrid", "s3cret", (BACK,))
    server.issuer = Issuer(server.address, client, people, key=key)
    app = {
        "provider_id": "county",
        "name": "County",
        "client_id": "onegrid",
        "secret": "s3cret",
        "settings": {"server_url": server.address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }
    registry.register(OpenIDConnectProvider)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.issuer
    server.shutdown()
    thread.join()
    server.server_close()


def at_issuer(browser: Browser) -> str:
    """Press the button; return the address of the issuer's page."""
    sent = browser.post(START)
    assert sent.status_code == 302
    return str(sent.url)


def choose(address: str, username: str) -> str:
    """Choose a person on the issuer's page; return the way back to the product."""
    page = httpx.get(address)
    assert page.status_code == 200, page.text
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', page.text)]
    link = next(link for link in links if f"person={username}" in link)
    back = httpx.get(f"{address.partition('/authorize')[0]}{link}", follow_redirects=False)
    assert back.status_code == 302
    return back.headers["location"].removeprefix("http://testserver")


def sign_in(browser: Browser, username: str) -> Any:
    return browser.get(choose(at_issuer(browser), username))


def signed_in(browser: Browser) -> bool:
    return bool(browser.get("/admin/accounts/").status_code == 200)


def test_the_issuer_opens_an_existing_account_and_counts_as_two_factors(
    people: People, issuer: Issuer
) -> None:
    browser = Browser()
    assert "/account/oidc/county/" in browser.get("/account/login/").content.decode()
    assert sign_in(browser, "system").url == "/account/home/"
    assert signed_in(browser)
    link = SocialAccount.objects.get()
    assert (link.user_id, link.uid, link.extra_data) == (people.ids["system"], "s-1", {})


def test_the_second_login_goes_by_subject_not_by_name(people: People, issuer: Issuer) -> None:
    sign_in(Browser(), "system")
    issuer.people = [Person("s-1", "renamed", "系统员"), Person("s-9", "system", "冒名者")]
    again, thief = Browser(), Browser()
    sign_in(again, "renamed")
    assert signed_in(again)
    sign_in(thief, "system")
    assert not signed_in(thief), "a linked account is not linked to a second subject"


def test_nobody_gets_an_account_by_signing_in(people: People, issuer: Issuer) -> None:
    before = User.objects.count()
    browser = Browser()
    page = sign_in(browser, "stranger")
    assert page.status_code == 200
    assert "signup" not in page.content.decode()
    assert not signed_in(browser)
    assert User.objects.count() == before
    assert not SocialAccount.objects.exists()


def test_a_closed_account_stays_closed(people: People, issuer: Issuer) -> None:
    sign_in(Browser(), "system")
    with tenant_tx(COUNTY):
        actions.disable_user(viewer=SYSTEM, user_id=people.ids["system"], now=MONDAY)
    browser = Browser()
    assert sign_in(browser, "system").url == "/account/inactive/"
    assert not signed_in(browser)


@pytest.mark.parametrize("order", sorted(ORDERS))
def test_an_id_token_that_cannot_be_trusted_opens_nothing(
    people: People, issuer: Issuer, order: str
) -> None:
    issuer.orders.append(order)
    browser = Browser()
    page = sign_in(browser, "system")
    assert not signed_in(browser)
    assert not SocialAccount.objects.exists()
    assert page.status_code in {200, 401, 403}


def test_the_way_back_works_once_and_in_its_own_browser(people: People, issuer: Issuer) -> None:
    victim, thief = Browser(), Browser()
    back = choose(at_issuer(victim), "system")
    thief.get(back)
    assert not signed_in(thief)
    third = Browser()
    back = choose(at_issuer(third), "system")
    third.get(back)
    assert signed_in(third)
    third.post("/account/logout/")
    third.get(back)
    assert not signed_in(third)


def test_the_answer_to_another_request_opens_nothing(people: People, issuer: Issuer) -> None:
    """Whoever slips a code of an own request under a victim's state is found by the nonce."""
    victim, thief = Browser(), Browser()
    wanted = parse_qs(urlsplit(at_issuer(victim)).query)
    mixed = parse_qs(urlsplit(at_issuer(thief)).query)
    mixed["code_challenge"] = wanted["code_challenge"]  # even with the victim's PKCE
    mixed["state"] = wanted["state"]
    address = f"{issuer.address}/authorize?{urlencode({k: v[0] for k, v in mixed.items()})}"
    victim.get(choose(address, "system"))
    assert not signed_in(victim)
    assert not SocialAccount.objects.exists()


def test_every_request_has_a_nonce_of_its_own(people: People, issuer: Issuer) -> None:
    browser = Browser()
    nonces = [parse_qs(urlsplit(at_issuer(browser)).query)["nonce"][0] for _ in range(2)]
    assert nonces[0] != nonces[1]
    assert all(len(nonce) >= 32 for nonce in nonces)
    fixed = browser.post(f"{START}?auth_params=nonce%3Dfixed").url
    assert parse_qs(urlsplit(fixed).query)["nonce"] != ["fixed"], "an address does not choose it"


def test_the_request_carries_state_and_pkce(people: People, issuer: Issuer) -> None:
    asked = parse_qs(urlsplit(at_issuer(Browser())).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 16
    assert asked["redirect_uri"] == [BACK]


def test_the_issuer_declines_what_breaks_the_protocol(people: People, issuer: Issuer) -> None:
    address = at_issuer(Browser())
    for part, wrong in (
        ("client_id=onegrid", "client_id=other"),
        ("response_type=code", "response_type=token"),
        ("code_challenge_method=S256", "code_challenge_method=plain"),
        ("redirect_uri=http%3A%2F%2Ftestserver", "redirect_uri=http%3A%2F%2Fevil"),
        ("openid", "nothing"),
    ):
        assert part in address
        assert httpx.get(address.replace(part, wrong)).status_code == 400, part


def test_a_code_needs_its_verifier_and_works_once(people: People, issuer: Issuer) -> None:
    wish = issuer.wish(
        {
            "client_id": "onegrid",
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "openid",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        }
    )
    form = {
        "client_id": "onegrid",
        "client_secret": "s3cret",
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    }

    def answer(**change: str) -> int:
        code = parse_qs(urlsplit(issuer.grant(wish, "system")).query)["code"][0]
        return httpx.post(
            f"{issuer.address}/token", data={**form, "code": code, **change}
        ).status_code

    assert answer() == 200
    assert answer(code_verifier="x" * 43) == 400
    assert answer(client_secret="wrong") == 401
    assert answer(code="unknown") == 400
    assert answer(redirect_uri="http://evil/") == 400
    code = parse_qs(urlsplit(issuer.grant(wish, "system")).query)["code"][0]
    twice = [
        httpx.post(f"{issuer.address}/token", data={**form, "code": code}).status_code
        for _ in range(2)
    ]
    assert twice == [200, 400]


def test_without_an_issuer_there_is_no_button_and_no_page(people: People) -> None:
    assert START not in Browser().get("/account/login/").content.decode()
    assert Browser().post(START).status_code == 404
