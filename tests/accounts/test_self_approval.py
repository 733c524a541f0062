"""The right to approve one's own work: given and taken by itself, in the log, never by default."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from onegrid.accounts import actions
from onegrid.accounts.models import RoleChange, RoleGrant, Session
from onegrid.accounts.queries import current_grants, token_viewer
from onegrid.accounts.queries.admin import grants, role_changes
from onegrid.accounts.terms import Role, TokenScope
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.common.tenancy.context import tenant_tx
from tests.accounts.conftest import SYSTEM, People, signed_in
from tests.conftest import COUNTY, MONDAY

LATER = MONDAY + timedelta(hours=1)


def headed(people: People, role: Role = Role.UNIT_HEAD) -> UUID:
    scope = {"unit_id": uuid4()} if role is Role.UNIT_HEAD else {}
    return actions.grant_role(
        viewer=SYSTEM, user_id=people.ids["nobody"], role=role, now=MONDAY, **scope
    )


def change(
    people: People, grant_id: UUID, allowed: bool, by: str = "security", **more: Any
) -> None:
    actions.set_self_approval(
        viewer=people.viewer(by), grant_id=grant_id, allowed=allowed, now=LATER, **more
    )


def holds(people: People) -> list[bool]:
    found = current_grants(user_id=people.ids["nobody"], now=LATER)
    return [grant.self_approval for grant in found]


def test_e24_the_right_is_not_part_of_the_role_and_is_given_and_taken_by_itself(
    inside: People,
) -> None:
    grant_id = headed(inside)
    assert holds(inside) == [False]
    change(inside, grant_id, True, reason=" 独任\n负责人 ")
    change(inside, grant_id, True)  # sent twice
    assert holds(inside) == [True]
    assert [row.self_approval for row in grants(
        inside.viewer("security"), user_id=inside.ids["nobody"], now=LATER)] == [True]  # fmt: skip
    change(inside, grant_id, False)
    assert holds(inside) == [False]
    rows = RoleChange.objects.filter(user_id=inside.ids["nobody"]).order_by("at", "id")
    security = inside.viewer("security")
    assert [(row.change, row.by_id, row.reason) for row in rows] == [
        ("given", None, ""),
        ("self_on", security.user_id, "独任 负责人"),
        ("self_off", security.user_id, ""),
    ]
    assert role_changes(inside.viewer("audit"))[0][0].role == Role.UNIT_HEAD


def test_a_token_of_the_account_has_the_right_too(inside: People) -> None:
    grant_id = headed(inside)
    change(inside, grant_id, True)
    made = actions.create_token(
        viewer=inside.viewer("nobody", LATER), label="x", scopes=[TokenScope.ACT], now=LATER,
        expires_at=LATER + timedelta(days=1),
    )  # fmt: skip
    found = token_viewer(token=made.secret, now=LATER)
    assert found is not None and [grant.self_approval for grant in found[0].grants] == [True]


def test_only_another_security_administrator_gives_the_right(inside: People) -> None:
    grant_id = headed(inside)
    for name in ("system", "audit", "dispatcher", "nobody"):
        with pytest.raises(Forbidden):
            change(inside, grant_id, True, by=name)
    own = RoleGrant.objects.get(user_id=inside.ids["security"])
    with pytest.raises(Forbidden, match=r"account\.not_own"):
        change(inside, own.id, True)
    with pytest.raises(NotFound):
        change(inside, uuid4(), True)
    assert holds(inside) == [False]


def test_a_role_that_handles_nothing_cannot_have_it(inside: People) -> None:
    with pytest.raises(Invalid, match=r"grant\.no_self_approval"):
        change(inside, headed(inside, Role.SUPERVISOR), True)
    row = RoleGrant.objects.get(user_id=inside.ids["nobody"])
    row.self_approval = True
    with pytest.raises(IntegrityError, match="self_approval_handles"), transaction.atomic():
        row.save()


def test_a_role_that_has_ended_or_a_reason_too_long_changes_nothing(inside: People) -> None:
    grant_id = headed(inside)
    with pytest.raises(Invalid, match=r"grant\.reason"):
        change(inside, grant_id, True, reason="长" * 201)
    actions.end_role(viewer=inside.viewer("security"), grant_id=grant_id, now=MONDAY)
    with pytest.raises(Conflict, match=r"grant\.ended"):
        change(inside, grant_id, True)
    assert not RoleChange.objects.filter(change="self_on").exists()


def test_the_page_gives_and_takes_the_right_with_a_plain_sentence(
    people: People, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    with tenant_tx(COUNTY):
        grant_id = headed(people)
    path, admin = f"/admin/roles/{people.ids['nobody']}/", signed_in("security")
    signed_in("nobody")
    page = shown(admin, path)
    assert "Self-approval is a right of its own" in page and "approves own work" not in page
    form = {"action": "self_on", "grant": str(grant_id), "reason": "独任负责人"}
    assert admin.post(path, form).status_code == 302
    assert not Session.objects.filter(user_id=people.ids["nobody"]).exists()
    assert "approves own work" in shown(admin, path)
    assert "approves own work" in shown(admin, "/admin/roles/")
    log = shown(signed_in("audit"), "/admin/looks/roles/")
    assert "self-approval given" in log and "独任负责人" in log
    assert admin.post(path, {**form, "action": "self_off"}).status_code == 302
    assert "approves own work" not in shown(admin, path)


def test_the_page_offers_it_only_with_roles_that_handle_cases(
    people: People, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    with tenant_tx(COUNTY):
        grant_id = headed(people, Role.SUPERVISOR)
    path, admin = f"/admin/roles/{people.ids['nobody']}/", signed_in("security")
    assert 'value="self_on"' not in shown(admin, path)
    refused = admin.post(path, {"action": "self_on", "grant": str(grant_id)})
    assert refused.status_code == 422
    other = {"action": "self_on", "grant": str(uuid4())}
    assert admin.post(path, other).status_code == 404


def shown(client: Client, path: str) -> str:
    return client.get(path, headers={"accept-language": "en"}).content.decode()
