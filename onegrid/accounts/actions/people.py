"""Make, change and close accounts."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from onegrid.accounts.actions.rights import account_of, must_be, must_not_be_self
from onegrid.accounts.actions.sessions import drop_sessions
from onegrid.accounts.models import ApiToken, County, User
from onegrid.accounts.queries import phone_number
from onegrid.accounts.terms import AccountKind, Role
from onegrid.accounts.viewer import Viewer
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Conflict, Forbidden, Invalid

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_NAME_MAX = 64
#: No letters that are mistaken for one another when a password is read out.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Created:
    """A new account; ``password`` is the one-time password, shown once, or empty."""

    user_id: UUID
    password: str = ""


def create_staff(
    *,
    viewer: Viewer,
    username: str,
    full_name: str,
    now: datetime,
    phone: str = "",
    password: str | None = None,
    language: str = "zh-hans",
    by_password: bool = True,
    key: UUID | None = None,
) -> Created:
    """Make an account for a member of staff, without any role.

    Args:
        by_password: False for somebody who signs in by OpenID only and has no password here.
        password: None draws a one-time password that must be changed at the first sign-in.
        key: identity of the request; the same key makes one account only, and its password
            is not shown a second time.

    Raises:
        Forbidden: the viewer is not a system administrator.
        Invalid: user name, name, phone or password cannot be.
        Conflict: the user name is taken.
    """
    must_be(viewer, Role.SYSTEM_ADMIN)
    user = User(
        id=key or uuid7(),
        tenant_id=viewer.tenant_id,
        username=_username(username),
        kind=AccountKind.STAFF,
        full_name=_full_name(full_name),
        phone=phone_number(phone) if phone.strip() else "",
        language=_language(language),
        password_is_temporary=password is None and by_password,
        created_at=now,
    )
    earlier = User.objects.filter(id=key).first() if key else None
    if earlier is not None:
        if (earlier.tenant_id, earlier.username) != (user.tenant_id, user.username):
            raise Conflict("form.expired")
        return Created(earlier.id)
    drawn = one_time_password() if password is None and by_password else ""
    user.set_password((drawn or _checked_password(password or "", user)) if by_password else None)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("account.username_taken", field="username") from error
    return Created(user.id, drawn)


def set_password(
    *, viewer: Viewer, user_id: UUID, now: datetime, password: str | None = None
) -> str:
    """Replace the password of a member of staff and end all sessions; return a drawn password.

    Args:
        password: None draws a one-time password, which is returned and must be changed.

    Raises:
        Forbidden: the viewer is not a system administrator, or it is the own account.
        NotFound: no such account in the viewer's county.
        Invalid: the password is too weak, or the account has none.
    """
    must_be(viewer, Role.SYSTEM_ADMIN)
    must_not_be_self(viewer, user_id)
    user = account_of(viewer, user_id, lock=True)
    if user.kind != AccountKind.STAFF:
        raise Invalid("account.no_password")
    drawn = one_time_password() if password is None else ""
    user.set_password(drawn or _checked_password(password or "", user))
    user.password_is_temporary = password is None
    user.save(update_fields=["password", "password_is_temporary"])
    drop_sessions(user_id=user_id)
    return drawn


def own_password_changed(*, user_id: UUID, keep_session: str | None) -> None:
    """Note that somebody chose an own password: it is not temporary, other sessions end."""
    User.objects.filter(id=user_id).update(password_is_temporary=False)
    drop_sessions(user_id=user_id, keep=keep_session)


def reset_second_factor(*, viewer: Viewer, user_id: UUID, now: datetime) -> str:
    """Take a lost second factor away and replace the password; return the one-time password.

    The person is checked by two people outside of the system; whoever holds only the old password
    gets in no more.

    Raises:
        Forbidden: the viewer is not a system administrator, or it is the own account.
        NotFound: no such account in the viewer's county.
    """
    password = set_password(viewer=viewer, user_id=user_id, now=now)
    Authenticator.objects.filter(user_id=user_id).delete()
    return password


def disable_user(*, viewer: Viewer, user_id: UUID, now: datetime) -> None:
    """Close an account: its sessions end and its tokens are revoked at once.

    Raises:
        Forbidden: the viewer is not a system administrator, or it is the own account.
        NotFound: no such account in the viewer's county.
    """
    must_be(viewer, Role.SYSTEM_ADMIN)
    must_not_be_self(viewer, user_id)
    account_of(viewer, user_id, lock=True)
    User.objects.filter(id=user_id).update(is_active=False)
    ApiToken.objects.filter(user_id=user_id, revoked_at__isnull=True).update(revoked_at=now)
    drop_sessions(user_id=user_id)


def enable_user(*, viewer: Viewer, user_id: UUID, now: datetime) -> None:
    """Open a closed account again; tokens stay revoked.

    Raises:
        Forbidden: the viewer is not a system administrator, or it is the own account.
        NotFound: no such account in the viewer's county.
    """
    must_be(viewer, Role.SYSTEM_ADMIN)
    must_not_be_self(viewer, user_id)
    account_of(viewer, user_id, lock=True)
    User.objects.filter(id=user_id).update(is_active=True)


def ensure_resident(
    *, tenant_id: int, phone: str, now: datetime, full_name: str = "", language: str = "zh-hans"
) -> UUID:
    """Return the resident's account of a phone number; make it when there is none.

    Raises:
        Invalid: this is no mobile number.
    """
    number = phone_number(phone)
    account_id = uuid7()
    fresh = User(
        id=account_id,
        tenant_id=tenant_id,
        username=f"r{account_id.hex}",
        kind=AccountKind.RESIDENT,
        full_name=full_name.strip()[:_NAME_MAX],
        phone=number,
        language=_language(language),
        created_at=now,
    )
    fresh.set_unusable_password()
    User.objects.bulk_create([fresh], ignore_conflicts=True)
    found = User.objects.filter(tenant_id=tenant_id, kind=AccountKind.RESIDENT, phone=number)
    return found.values_list("id", flat=True).get()


def name_resident(*, viewer: Viewer, full_name: str, now: datetime) -> None:
    """Let a resident say how to be addressed.

    Raises:
        Forbidden: nobody has signed in, or a member of staff.
        Invalid: the name is empty or too long.
    """
    if viewer.user_id is None or viewer.is_staff:
        raise Forbidden("forbidden")
    User.objects.filter(id=viewer.user_id).update(full_name=_full_name(full_name))


def change_language(*, viewer: Viewer, language: str, now: datetime) -> None:
    """Remember in which language a person reads; unknown languages and visitors change nothing."""
    if viewer.user_id is not None and language in dict(settings.LANGUAGES):
        User.objects.filter(id=viewer.user_id).update(language=language)


def link_openid(*, tenant_id: int, username: str) -> User | None:
    """Return the active member of staff an OpenID claim names, when not yet linked to an issuer."""
    user = User.objects.filter(
        username=username.strip().lower(),
        tenant_id=tenant_id,
        kind=AccountKind.STAFF,
        is_active=True,
    ).first()
    if user is None or SocialAccount.objects.filter(user_id=user.id).exists():
        return None
    return user


def one_time_password() -> str:
    """Draw a password of 80 bits in groups of four that can be read out."""
    letters = [secrets.choice(_LETTERS) for _ in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def _username(text: str) -> str:
    name = unicodedata.normalize("NFKC", text).strip().lower()
    if _USERNAME.fullmatch(name) is None:
        raise Invalid("account.username_form", field="username")
    return name


def _full_name(text: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= _NAME_MAX or not name.isprintable():
        raise Invalid("account.name_form", field="full_name", most=_NAME_MAX)
    return name


def _language(text: str) -> str:
    return text if text in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _checked_password(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(
            "account.weak_password", field="password", why=" ".join(error.messages)
        ) from error
    return password


def add_authenticator(*, viewer: Viewer, user_id: UUID, secret: str) -> None:
    """Give an account of a demo county a time-based second factor whose secret is known.

    Raises:
        Forbidden: the county is not a demo, or the viewer is not the product itself.
        NotFound: there is no such account.
    """
    demo = County.objects.filter(code=viewer.tenant_id, is_demo=True).exists()
    if not (viewer.is_system and demo):
        raise Forbidden("forbidden")
    TOTP.activate(account_of(viewer, user_id), secret)
