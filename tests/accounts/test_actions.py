"""Who may change accounts and roles, and what a refusal leaves unchanged."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from onegrid.accounts import actions
from onegrid.accounts.models import ApiToken, RoleGrant, Session, User
from onegrid.accounts.queries import phone_number, token_viewer
from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.refusal_texts import TEXTS
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from tests.accounts.conftest import PASSWORD, SYSTEM, People, make
from tests.conftest import COUNTY, MONDAY

LATER = MONDAY + timedelta(hours=1)


def browser_of(user_id: object) -> Session:
    """Put a session of somebody into the table."""
    return Session.objects.create(
        session_key=uuid4().hex,
        session_data="",
        expire_date=MONDAY + timedelta(days=1),
        user_id=user_id,
    )


def test_only_the_system_administrator_makes_accounts(inside: People) -> None:
    wish = {"username": "li.si", "full_name": "李四", "now": MONDAY}
    for name in ("security", "audit", "dispatcher", "nobody"):
        with pytest.raises(Forbidden):
            actions.create_staff(viewer=inside.viewer(name), **wish)
    assert not User.objects.filter(username="li.si").exists()
    actions.create_staff(viewer=inside.viewer("system"), **wish)
    assert User.objects.get(username="li.si").tenant_id == COUNTY


def test_a_drawn_password_works_and_must_be_changed(inside: People) -> None:
    made = actions.create_staff(
        viewer=inside.viewer("system"), username="Li.Si ", full_name="李四", now=MONDAY
    )
    user = User.objects.get(username="li.si")
    assert user.check_password(made.password)
    assert user.password_is_temporary
    assert len(made.password) == 19


def test_the_same_key_makes_one_account_and_shows_its_password_once(inside: People) -> None:
    wish = {"username": "li.si", "full_name": "李四", "now": MONDAY, "key": uuid4()}
    first = actions.create_staff(viewer=SYSTEM, **wish)
    again = actions.create_staff(viewer=SYSTEM, **wish)
    assert (again.user_id, again.password) == (first.user_id, "")
    assert User.objects.filter(username="li.si").count() == 1


@pytest.mark.parametrize("name", ["", "ab", "李四四", "-abc", "a b c", "x" * 65, "a/b/c"])
def test_a_user_name_that_cannot_be_is_refused(inside: People, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_staff(viewer=SYSTEM, username=name, full_name="李四", now=MONDAY)
    assert refused.value.field == "username"


@pytest.mark.parametrize("password", ["short", "password123456", "wang.xiaoming1"])
def test_a_weak_password_is_refused(inside: People, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_staff(
            viewer=SYSTEM,
            username="wang.xiaoming",
            full_name="李四",
            password=password,
            now=MONDAY,
        )
    assert refused.value.code == "account.weak_password"


def test_a_taken_user_name_is_a_conflict(inside: People) -> None:
    with pytest.raises(Conflict):
        actions.create_staff(viewer=SYSTEM, username="system", full_name="李四", now=MONDAY)


def test_s27_no_account_combines_two_administrators(inside: People) -> None:
    for role in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        with pytest.raises(Conflict) as refused:
            actions.grant_role(viewer=SYSTEM, user_id=inside.ids["system"], role=role, now=LATER)
        assert refused.value.code == "grant.one_admin_role"
    assert RoleGrant.objects.filter(user_id=inside.ids["system"]).count() == 1


def test_s27_a_planned_end_opens_no_way_around(inside: People) -> None:
    user_id, soon = inside.ids["nobody"], LATER + timedelta(days=1)
    with pytest.raises(Invalid):
        actions.grant_role(
            viewer=SYSTEM, user_id=user_id, role=Role.AUDIT_ADMIN, valid_to=soon, now=LATER
        )
    row = {"user_id": user_id, "area_level": "county", "valid_from": LATER}
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(**row, role=Role.AUDIT_ADMIN, valid_to=soon)


def test_an_ended_administrator_may_become_another_one(inside: People) -> None:
    grant = RoleGrant.objects.get(user_id=inside.ids["audit"])
    actions.end_role(viewer=inside.viewer("security"), grant_id=grant.id, now=LATER)
    assert inside.viewer("audit", LATER).roles == frozenset()
    actions.grant_role(
        viewer=inside.viewer("security"),
        user_id=inside.ids["audit"],
        role=Role.SYSTEM_ADMIN,
        now=LATER,
    )
    assert inside.viewer("audit", LATER).roles == {Role.SYSTEM_ADMIN}


def test_only_the_security_administrator_gives_and_ends_roles(inside: People) -> None:
    grant = RoleGrant.objects.get(user_id=inside.ids["dispatcher"])
    for name in ("system", "audit", "dispatcher"):
        with pytest.raises(Forbidden):
            actions.grant_role(
                viewer=inside.viewer(name),
                user_id=inside.ids["nobody"],
                role=Role.SUPERVISOR,
                now=LATER,
            )
        with pytest.raises(Forbidden):
            actions.end_role(viewer=inside.viewer(name), grant_id=grant.id, now=LATER)
    assert inside.viewer("nobody", LATER).roles == frozenset()
    assert inside.viewer("dispatcher", LATER).roles == {Role.DISPATCHER}


def test_nobody_changes_their_own_roles_or_account(inside: People) -> None:
    security, system = inside.viewer("security"), inside.viewer("system")
    own = RoleGrant.objects.get(user_id=inside.ids["security"])
    with pytest.raises(Forbidden, match="not_own"):
        actions.grant_role(
            viewer=security, user_id=inside.ids["security"], role=Role.SUPERVISOR, now=LATER
        )
    with pytest.raises(Forbidden, match="not_own"):
        actions.end_role(viewer=security, grant_id=own.id, now=LATER)
    for action in (actions.disable_user, actions.set_password, actions.enable_user):
        with pytest.raises(Forbidden, match="not_own"):
            action(viewer=system, user_id=inside.ids["system"], now=LATER)


def test_s25_an_unverified_viewer_holds_no_role(inside: People) -> None:
    from onegrid.accounts.queries import viewer_of

    user = User.objects.get(username="system")
    assert viewer_of(user=user, now=MONDAY, verified=False).roles == frozenset()
    assert viewer_of(user=user, now=MONDAY, verified=True).roles == {Role.SYSTEM_ADMIN}


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.GRID_WORKER, {}),
        (Role.UNIT_MEMBER, {}),
        (Role.UNIT_HEAD, {"area_id": uuid4()}),
        (Role.DISPATCHER, {"unit_id": uuid4()}),
        (Role.COMMUNITY_CLERK, {"area_level": "grid", "area_id": uuid4()}),
        ("resident", {}),
        ("king", {}),
    ],
)
def test_a_role_needs_the_scope_of_its_level(
    inside: People, role: str, scope: dict[str, object]
) -> None:
    with pytest.raises(Invalid):
        actions.grant_role(
            viewer=SYSTEM, user_id=inside.ids["nobody"], role=role, now=LATER, **scope
        )


def test_a_replayed_grant_gives_the_role_once(inside: People) -> None:
    wish = {
        "viewer": SYSTEM,
        "user_id": inside.ids["nobody"],
        "role": Role.GRID_WORKER,
        "area_id": uuid4(),
        "now": LATER,
        "key": uuid4(),
    }
    assert actions.grant_role(**wish) == actions.grant_role(**wish)
    with pytest.raises(Conflict, match="already_held"):
        actions.grant_role(**{**wish, "key": uuid4()})
    assert RoleGrant.objects.filter(user_id=inside.ids["nobody"]).count() == 1


def test_s16_sessions_end_on_every_change_of_account_or_role(inside: People) -> None:
    user_id = inside.ids["nobody"]
    grant_id = actions.grant_role(viewer=SYSTEM, user_id=user_id, role=Role.SUPERVISOR, now=LATER)
    changes = {
        "role given": lambda: actions.grant_role(
            viewer=SYSTEM, user_id=user_id, role=Role.DISPATCHER, now=LATER
        ),
        "role ended": lambda: actions.end_role(viewer=SYSTEM, grant_id=grant_id, now=LATER),
        "password": lambda: actions.set_password(viewer=SYSTEM, user_id=user_id, now=LATER),
        "factor": lambda: actions.reset_second_factor(viewer=SYSTEM, user_id=user_id, now=LATER),
        "sessions": lambda: actions.end_sessions(viewer=SYSTEM, user_id=user_id, now=LATER),
        "closed": lambda: actions.disable_user(viewer=SYSTEM, user_id=user_id, now=LATER),
    }
    other = browser_of(inside.ids["dispatcher"])
    for name, change in changes.items():
        browser_of(user_id)
        browser_of(user_id)
        change()
        assert not Session.objects.filter(user_id=user_id).exists(), name
    assert Session.objects.filter(session_key=other.session_key).exists()


def test_a_closed_account_opens_nothing(inside: People) -> None:
    viewer = inside.viewer("dispatcher")
    made = actions.create_token(
        viewer=viewer,
        label="board",
        scopes=["cases:read"],
        expires_at=LATER + timedelta(days=1),
        now=LATER,
    )
    actions.disable_user(viewer=inside.viewer("system"), user_id=viewer.user_id, now=LATER)
    assert token_viewer(token=made.secret, now=LATER) is None
    assert ApiToken.objects.get(id=made.token_id).revoked_at == LATER
    assert authenticate(None, username="dispatcher", password=PASSWORD) is None


def test_a_lost_factor_takes_the_password_with_it(inside: People) -> None:
    user_id = inside.ids["dispatcher"]
    Authenticator.objects.create(user_id=user_id, type="totp", data={"secret": "x"})
    drawn = actions.reset_second_factor(viewer=inside.viewer("system"), user_id=user_id, now=LATER)
    user = User.objects.get(id=user_id)
    assert not Authenticator.objects.filter(user_id=user_id).exists()
    assert user.check_password(drawn)
    assert not user.check_password(PASSWORD)


def test_an_account_of_another_county_does_not_exist(inside: People) -> None:
    stranger = User.objects.create(
        tenant_id=370724, username="far", kind="staff", full_name="远", created_at=MONDAY
    )
    for action in (actions.disable_user, actions.set_password, actions.end_sessions):
        with pytest.raises(NotFound):
            action(viewer=inside.viewer("system"), user_id=stranger.id, now=LATER)
    with pytest.raises(NotFound):
        actions.grant_role(viewer=SYSTEM, user_id=stranger.id, role=Role.SUPERVISOR, now=LATER)


def test_a_token_is_shown_once_and_keeps_to_its_limits(inside: People) -> None:
    viewer, key = inside.viewer("dispatcher"), uuid4()
    wish = {
        "viewer": viewer,
        "label": "board",
        "scopes": ["cases:read", "cases:act"],
        "expires_at": LATER + timedelta(days=30),
        "now": LATER,
        "key": key,
    }
    made = actions.create_token(**wish)
    assert made.secret not in str(ApiToken.objects.filter(id=made.token_id).values().get())
    with pytest.raises(Conflict, match="shown_once"):
        actions.create_token(**wish)
    for wrong in (
        {"label": " "},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires_at": LATER},
        {"expires_at": LATER + timedelta(days=366)},
    ):
        with pytest.raises(Invalid):
            actions.create_token(**{**wish, "key": None, **wrong})
    assert ApiToken.objects.count() == 1
    found = token_viewer(token=made.secret, now=LATER)
    assert found is not None
    assert found[1] == {"cases:read", "cases:act"}
    assert token_viewer(token=made.secret, now=LATER + timedelta(days=30)) is None


def test_a_token_is_revoked_by_its_owner_or_the_security_administrator(inside: People) -> None:
    made = actions.create_token(
        viewer=inside.viewer("dispatcher"),
        label="board",
        scopes=["cases:read"],
        expires_at=LATER + timedelta(days=1),
        now=LATER,
    )
    for name in ("system", "nobody"):
        with pytest.raises(Refusal):
            actions.revoke_token(viewer=inside.viewer(name), token_id=made.token_id, now=LATER)
    assert token_viewer(token=made.secret, now=LATER) is not None
    actions.revoke_token(viewer=inside.viewer("security"), token_id=made.token_id, now=LATER)
    assert token_viewer(token=made.secret, now=LATER) is None


def test_a_resident_has_one_account_per_number_and_county(inside: People) -> None:
    first = actions.ensure_resident(tenant_id=COUNTY, phone="138 0000 0001", now=MONDAY)
    again = actions.ensure_resident(tenant_id=COUNTY, phone="+86-13800000001", now=LATER)
    far = actions.ensure_resident(tenant_id=370724, phone="13800000001", now=LATER)
    assert first == again != far
    user = User.objects.get(id=first)
    assert not user.has_usable_password()
    assert "138" not in str(user)


@pytest.mark.parametrize("text", ["", "110", "1380000000", "23800000001", "12800000001", "a" * 11])
def test_a_number_that_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        phone_number(text)


@pytest.mark.parametrize(
    "text", ["13800000001", " 138-0000-0001", "+86 13800000001", "１３８００００００01"]
)
def test_a_mobile_number_is_read_however_it_is_typed(text: str) -> None:
    assert phone_number(text) == "13800000001"


def test_names_and_numbers_are_not_shown_by_str(inside: People) -> None:
    user = User.objects.get(username="nobody")
    assert "张三" not in str(user)


def test_every_refusal_of_accounts_has_a_sentence() -> None:
    from onegrid.accounts import refusal_texts

    assert refusal_texts.TEXTS.items() <= TEXTS.items()


def test_a_resident_says_how_to_be_addressed(inside: People) -> None:
    user_id = actions.ensure_resident(tenant_id=COUNTY, phone="13800000001", now=MONDAY)
    resident = Viewer(user_id=user_id, tenant_id=COUNTY)
    actions.name_resident(viewer=resident, full_name="  王 先生 ", now=MONDAY)
    assert User.objects.get(id=user_id).full_name == "王 先生"
    for wrong in ("", "x" * 65, "a\u202eb"):
        with pytest.raises(Invalid):
            actions.name_resident(viewer=resident, full_name=wrong, now=MONDAY)


def test_make_is_what_the_other_tests_think(inside: People) -> None:
    make("worker", Role.GRID_WORKER, area_id=uuid4())
    assert User.objects.get(username="worker").check_password(PASSWORD)
