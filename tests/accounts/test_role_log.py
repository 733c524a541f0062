"""The log of roles: every role given or ended leaves a row that nobody can change (S50)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from onegrid.accounts import actions
from onegrid.accounts.models import RoleChange, RoleGrant
from onegrid.accounts.queries.admin import role_changes
from onegrid.accounts.terms import Role
from onegrid.common.refusals import Forbidden, Invalid
from onegrid.common.tenancy.context import tenant_tx
from tests.accounts.conftest import People, signed_in
from tests.conftest import COUNTY, MONDAY

LATER = MONDAY + timedelta(hours=1)


def give(people: People, **more: object) -> UUID:
    return actions.grant_role(
        viewer=people.viewer("security"),
        user_id=people.ids["nobody"],
        role=Role.SUPERVISOR,
        now=LATER,
        **more,  # type: ignore[arg-type]
    )


def test_a_role_given_and_ended_is_written_down(inside: People) -> None:
    before = RoleChange.objects.count()
    key, end = uuid4(), LATER + timedelta(days=30)
    grant_id = give(inside, reason="  代班\n一个月 ", valid_to=end, key=key)
    give(inside, reason="代班一个月", valid_to=end, key=key)  # sent twice
    for _ in range(2):
        actions.end_role(
            viewer=inside.viewer("security"),
            grant_id=grant_id,
            now=LATER + timedelta(hours=1),
            reason="提前回岗",
        )
    rows = list(RoleChange.objects.order_by("at"))[before:]
    security = inside.viewer("security")
    assert [
        (row.change, row.by_id, row.by_name, row.user_id, row.username, row.role, row.area_level)
        for row in rows
    ] == [
        (change, security.user_id, security.name, inside.ids["nobody"], "nobody", role, "county")
        for change, role in (("given", "supervisor"), ("ended", "supervisor"))
    ]
    assert [(row.at, row.reason, row.valid_to) for row in rows] == [
        (LATER, "代班 一个月", end),
        (LATER + timedelta(hours=1), "提前回岗", LATER + timedelta(hours=1)),
    ]


def test_the_first_roles_of_a_county_are_in_the_log_too(inside: People) -> None:
    rows = RoleChange.objects.values_list("username", "by_id", "by_name")
    assert set(rows) == {(name, None, "") for name in ("system", "security", "audit", "dispatcher")}


def test_a_reason_too_long_gives_no_role(inside: People) -> None:
    before = RoleChange.objects.count()
    with pytest.raises(Invalid, match=r"grant\.reason"):
        give(inside, reason="长" * 201)
    assert not RoleGrant.objects.filter(user_id=inside.ids["nobody"]).exists()
    assert RoleChange.objects.count() == before


def test_what_is_refused_is_not_in_the_log(inside: People) -> None:
    before = RoleChange.objects.count()
    with pytest.raises(Forbidden):
        actions.grant_role(
            viewer=inside.viewer("system"),
            user_id=inside.ids["nobody"],
            role=Role.SUPERVISOR,
            now=LATER,
        )
    assert RoleChange.objects.count() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_rolechange SET reason = 'x'",
        "DELETE FROM accounts_rolechange",
        "TRUNCATE accounts_rolechange",
    ],
)
def test_s50_no_row_of_the_log_is_changed_or_taken_away(inside: People, statement: str) -> None:
    count = RoleChange.objects.count()
    assert count > 0
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert RoleChange.objects.count() == count


def test_the_log_is_for_the_audit_administrator_alone(inside: People) -> None:
    rows, total = role_changes(inside.viewer("audit"))
    assert total == len(rows) == 4
    for name in ("system", "security", "dispatcher", "nobody"):
        with pytest.raises(Forbidden):
            role_changes(inside.viewer(name))


def test_the_page_shows_who_gave_what_to_whom_and_why(people: People, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    form = {
        "action": "grant",
        "role": "supervisor",
        "place": "county",
        "reason": "<b>代班</b>",
        "key": str(uuid4()),
    }
    given = signed_in("security").post(f"/admin/roles/{people.ids['nobody']}/", form)
    assert given.status_code == 302
    auditor = signed_in("audit")
    assert "/admin/looks/roles/" in auditor.get("/admin/looks/").content.decode()
    page = auditor.get("/admin/looks/roles/", headers={"accept-language": "en"}).content.decode()
    row = page[page.index("<tbody>") :].split("</tr>")[0]
    for words in ("given", "Supervisor", "nobody", "&lt;b&gt;代班&lt;/b&gt;"):
        assert words in row
    with tenant_tx(COUNTY):
        grant = RoleGrant.objects.get(user_id=people.ids["nobody"])
    end = {"action": "end", "grant": str(grant.id), "reason": "期满"}
    signed_in("security").post(f"/admin/roles/{people.ids['nobody']}/", end)
    page = auditor.get("/admin/looks/roles/", headers={"accept-language": "en"}).content.decode()
    row = page[page.index("<tbody>") :].split("</tr>")[0]
    assert "ended" in row and "期满" in row
