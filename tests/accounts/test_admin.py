"""Pages of the three administrators: each sees only the own ones."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from onegrid.accounts import actions
from onegrid.accounts.models import ApiToken, RoleGrant, Session, User
from onegrid.accounts.terms import Role
from onegrid.audit.actions import record_look
from onegrid.common.tenancy.context import tenant_tx
from onegrid.organisation.actions import set_official_days
from onegrid.organisation.queries import special_days
from onegrid.web.admin.log import harmless
from tests.accounts.conftest import SYSTEM, People, sign_in, signed_in
from tests.conftest import COUNTY, MONDAY

PAGES = {
    "system": ("accounts/", "accounts/new/", "holidays/", "promises/"),
    "security": ("roles/", "roles/people/", "tokens/"),
    "audit": ("looks/", "looks.csv"),
}


@pytest.fixture(autouse=True)
def one_factor(settings: Any, clock: time_machine.Traveller) -> None:
    """Look at the pages alone, on a Monday morning."""
    settings.STAFF_MFA_REQUIRED = False


def test_each_administrator_opens_only_the_own_pages(people: People) -> None:
    pages = {path: owner for owner, paths in PAGES.items() for path in paths}
    pages[f"accounts/{people.ids['nobody']}/"] = "system"
    pages[f"roles/{people.ids['nobody']}/"] = "security"
    for name in ("system", "security", "audit", "dispatcher", "nobody"):
        client = signed_in(name)
        for path, owner in pages.items():
            expected = 200 if name == owner else 403
            assert client.get(f"/admin/{path}").status_code == expected, (name, path)
    for path in pages:
        assert "/account/login/" in Client().get(f"/admin/{path}").url


def test_each_administrator_lands_on_the_own_first_page(people: People) -> None:
    for name, path in (("system", "accounts"), ("security", "roles"), ("audit", "looks")):
        assert signed_in(name).get("/admin/").url == f"/admin/{path}/"
    assert signed_in("dispatcher").get("/admin/").status_code == 403


def test_an_account_is_made_and_its_password_shown_once(people: People) -> None:
    client = signed_in("system")
    key = re.search(
        r'name="key" value="([^"]+)"', client.get("/admin/accounts/new/").content.decode()
    )
    assert key is not None
    form = {"username": "li.si", "full_name": "李四", "phone": "", "key": key[1]}
    page = client.post("/admin/accounts/new/", form)
    shown = re.search(r'id="one-time-password">([^<]+)<', page.content.decode())
    assert shown is not None
    user = User.objects.get(username="li.si")
    assert user.check_password(shown[1])
    again = client.post("/admin/accounts/new/", form)
    assert again.url == f"/admin/accounts/{user.id}/"
    assert shown[1] not in client.get(again.url).content.decode()
    assert sign_in(Client(), "li.si", shown[1]).status_code == 302


def test_a_refused_form_comes_back_with_what_was_typed(people: People) -> None:
    form = {"username": "system", "full_name": "李四", "phone": "13800000001", "key": str(uuid4())}
    page = signed_in("system").post("/admin/accounts/new/", form)
    assert page.status_code == 409
    for typed in form.values():
        assert typed in page.content.decode()


def test_a_form_without_its_key_changes_nothing(people: People) -> None:
    form = {"username": "li.si", "full_name": "李四", "phone": ""}
    assert signed_in("system").post("/admin/accounts/new/", form).status_code == 422
    assert not User.objects.filter(username="li.si").exists()


def test_accounts_are_searched_and_paged(people: People) -> None:
    User.objects.bulk_create(
        User(
            tenant_id=COUNTY,
            username=f"w{n:03d}",
            full_name="王" if n % 2 else "李",
            kind="staff",
            created_at=MONDAY,
            phone="13912345678",
        )
        for n in range(60)
    )
    client = signed_in("system")
    first = client.get("/admin/accounts/").content.decode()
    second = client.get("/admin/accounts/?page=2").content.decode()
    names = [re.findall(r">(w\d{3})</a>", page) for page in (first, second)]
    assert sorted(names[0] + names[1]) == [f"w{n:03d}" for n in range(60)]
    found = client.get("/admin/accounts/?search=w05").content.decode()
    assert len(set(re.findall(r">(w\d{3})</a>", found))) == 10
    assert (
        "13912345678"
        not in client.get(
            f"/admin/accounts/{User.objects.get(username='w001').id}/"
        ).content.decode()
    )
    for odd in ("page=0", "page=-1", "page=x", "page=99999999", "page=%E4%B8%80", "search=%00"):
        assert client.get(f"/admin/accounts/?{odd}").status_code == 200, odd


def test_accounts_of_residents_and_other_counties_are_not_shown(people: People) -> None:
    with tenant_tx(COUNTY):
        resident = actions.ensure_resident(tenant_id=COUNTY, phone="13800000001", now=MONDAY)
    far = User.objects.create(
        tenant_id=370724, username="far", kind="staff", full_name="远", created_at=MONDAY
    )
    client = signed_in("system")
    assert "far" not in client.get("/admin/accounts/").content.decode()
    pages = set()
    for user_id in (uuid4(), resident, far.id):
        page = client.get(f"/admin/accounts/{user_id}/")
        text = page.content.decode().replace(str(user_id), "ID")
        pages.add((page.status_code, re.sub(r'(csrfmiddlewaretoken" value=)"[^"]*"', r"\1", text)))
    assert len(pages) == 1
    assert pages.pop()[0] == 404


def test_the_number_of_queries_does_not_grow_with_the_list(
    people: People, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("system")
    client.get("/admin/accounts/")
    with django_assert_max_num_queries(14):
        client.get("/admin/accounts/")


def test_the_system_administrator_closes_and_opens_an_account(people: People) -> None:
    client, victim = signed_in("system"), signed_in("dispatcher")
    path = f"/admin/accounts/{people.ids['dispatcher']}/"
    assert client.post(path, {"action": "close"}).url == path
    assert victim.get("/account/").status_code == 302
    assert sign_in(Client(), "dispatcher").url == "/account/inactive/"
    assert not Session.objects.filter(user_id=people.ids["dispatcher"]).exists()
    client.post(path, {"action": "open"})
    assert sign_in(Client(), "dispatcher").url == "/account/home/"
    client.post(path, {"action": "end_sessions"})
    assert not Session.objects.filter(user_id=people.ids["dispatcher"]).exists()
    drawn = re.search(
        r'id="one-time-password">([^<]+)<',
        client.post(path, {"action": "password"}).content.decode(),
    )
    assert drawn is not None
    assert User.objects.get(username="dispatcher").check_password(drawn[1])
    assert client.post(path, {"action": "explode"}).status_code == 422


def test_an_administrator_cannot_close_the_own_account(people: People) -> None:
    client = signed_in("system")
    path = f"/admin/accounts/{people.ids['system']}/"
    for action in ("close", "password", "factor"):
        assert client.post(path, {"action": action}).status_code == 403
    assert client.get("/admin/accounts/").status_code == 200


def test_the_security_administrator_gives_and_ends_a_role(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("security")
    path = f"/admin/roles/{people.ids['nobody']}/"
    assert client.get(path).status_code == 200
    form = {"action": "grant", "role": "supervisor", "place": "county", "key": str(uuid4())}
    assert client.post(path, form).url == path
    assert client.post(path, form).url == path
    grant = RoleGrant.objects.filter(user_id=people.ids["nobody"]).get()
    assert (grant.role, grant.granted_by) == ("supervisor", people.ids["security"])
    clock.shift(1)
    client.post(path, {"action": "end", "grant": str(grant.id)})
    with tenant_tx(COUNTY):
        assert people.viewer("nobody", timezone.now()).roles == frozenset()
        assert RoleGrant.objects.get(id=grant.id).ended_by == people.ids["security"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"role": "grid_worker", "place": "county"}, 422),
        ({"role": "grid_worker", "place": str(uuid4())}, 422),
        ({"role": "unit_member", "place": str(uuid4())}, 422),
        ({"role": "king", "place": "county"}, 422),
        ({"role": "supervisor", "place": "county", "until": "2020-01-01"}, 422),
        ({"role": "supervisor", "place": "county", "until": "soon"}, 422),
        ({"role": "grid_worker", "place": "nowhere"}, 404),
    ],
)
def test_a_role_without_its_place_is_refused(
    people: People, form: dict[str, str], status: int
) -> None:
    path = f"/admin/roles/{people.ids['nobody']}/"
    answer = signed_in("security").post(path, {"action": "grant", "key": str(uuid4()), **form})
    assert answer.status_code == status
    assert not RoleGrant.objects.filter(user_id=people.ids["nobody"]).exists()


def test_s19_giving_a_role_needs_a_fresh_sign_in(
    people: People, clock: time_machine.Traveller
) -> None:
    client = signed_in("security")
    path = f"/admin/roles/{people.ids['nobody']}/"
    clock.shift(601)
    form = {"action": "grant", "role": "supervisor", "place": "county", "key": str(uuid4())}
    assert "/account/reauthenticate/" in client.post(path, form).url
    assert not RoleGrant.objects.filter(user_id=people.ids["nobody"]).exists()


def test_a_grant_of_somebody_else_is_not_ended_by_the_wrong_page(people: People) -> None:
    grant = RoleGrant.objects.get(user_id=people.ids["dispatcher"])
    path = f"/admin/roles/{people.ids['nobody']}/"
    form = {"action": "end", "grant": str(grant.id)}
    assert signed_in("security").post(path, form).status_code == 404
    assert RoleGrant.objects.get(id=grant.id).ended_at is None


def test_a_token_is_shown_once_and_revoked(people: People) -> None:
    owner = signed_in("dispatcher")
    form = {"label": "大屏", "scopes": ["cases:read"], "days": "30", "key": str(uuid4())}
    page = owner.post("/account/tokens/", form).content.decode()
    secret = re.search(r'id="secret">(og_[^<]+)<', page)
    assert secret is not None
    assert secret[1] not in owner.get("/account/tokens/").content.decode()
    assert owner.post("/account/tokens/", form).status_code == 409
    token = ApiToken.objects.get()
    assert signed_in("system").post(
        "/account/tokens/revoke/", {"token": str(token.id)}
    ).status_code in {403, 404}
    security = signed_in("security")
    assert "大屏" in security.get("/admin/tokens/").content.decode()
    security.post("/admin/tokens/", {"token": str(token.id)})
    assert ApiToken.objects.get().revoked_at == MONDAY


def test_a_day_off_is_entered_and_a_year_without_data_is_warned_of(people: People) -> None:
    client = signed_in("system")
    assert "2027" in client.get("/admin/holidays/").content.decode()
    form = {"action": "day", "day": "2026-03-04", "works": "0", "name": "建县纪念日"}
    assert client.post("/admin/holidays/", form).url == "/admin/holidays/?year=2026"
    with tenant_tx(COUNTY):
        assert [row.day for row in special_days(year=2026)] == [date(2026, 3, 4)]
    assert "建县纪念日" in client.get("/admin/holidays/?year=2026").content.decode()
    client.post("/admin/holidays/", {**form, "works": "1"})
    with tenant_tx(COUNTY):
        assert special_days(year=2026) == ()


def test_special_days_are_those_that_differ_from_the_week(people: People) -> None:
    saturday, sunday, monday = date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)
    with tenant_tx(COUNTY):
        set_official_days(
            days={saturday: (True, "调休"), sunday: (False, ""), monday: (True, "")}, source="test"
        )
        assert [row.day for row in special_days(year=2026)] == [saturday]


@pytest.mark.parametrize(
    "form",
    [
        {"action": "day", "day": "2026-02-30", "works": "0"},
        {"action": "day", "day": "1026-02-03", "works": "0"},
        {"action": "day", "day": "2026-02-03", "works": "2"},
        {"action": "fill", "year": "2099"},
        {"action": "fill", "year": "x"},
    ],
)
def test_a_day_that_cannot_be_is_refused(people: People, form: dict[str, str]) -> None:
    assert signed_in("system").post("/admin/holidays/", form).status_code == 422


def test_looks_are_listed_and_exported_without_formulas(people: People) -> None:
    with tenant_tx(COUNTY):
        for number in range(53):
            record_look(
                viewer=people.viewer("dispatcher"),
                purpose="case",
                subject_kind="case",
                subject_id=uuid4(),
                fields="phone",
                reason='=HYPERLINK("http://evil")' if number == 0 else "",
                now=MONDAY + timedelta(minutes=number),
            )
    client = signed_in("audit")
    assert client.get("/admin/looks/?page=2").content.decode().count("<tr>") == 4
    answer = client.get("/admin/looks.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 54
    assert rows[-1][4] == '\'=HYPERLINK("http://evil")'


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "=1", "-1"])
def test_s34_a_formula_becomes_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "张三", "1-2", "a=b"])
def test_plain_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_s28_the_role_of_an_administrator_is_not_combined_by_the_page(people: People) -> None:
    path = f"/admin/roles/{people.ids['system']}/"
    form = {"action": "grant", "role": "audit_admin", "place": "county", "key": str(uuid4())}
    assert signed_in("security").post(path, form).status_code == 409
    with tenant_tx(COUNTY):
        assert people.viewer("system").roles == {Role.SYSTEM_ADMIN}


def test_make_a_second_county_and_its_administrator_sees_nothing_here(people: People) -> None:
    User.objects.filter(username="system").update(tenant_id=370724)
    assert sign_in(Client(), "system").status_code == 200
    assert SYSTEM.tenant_id == COUNTY
