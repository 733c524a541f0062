"""The county that browser tests look at: built once in a database of its own.

Run as ``python -m tests.browser.stage`` with ``ONEGRID_*`` variables that point to an empty
database; prints one line of JSON: logins by role and case numbers by state.
"""

from __future__ import annotations

import base64
import json
import secrets
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

PASSWORD = "Browser-Walk-2026"
RESIDENT_PHONE = "13800000001"
COUNTY = 370725
NAMES = "王李张刘陈杨赵黄周吴徐孙马"
GIVEN = ("伟", "芳", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛")


def main() -> None:
    """Migrate, collect, build, tell."""
    import django

    django.setup()
    from onegrid.commands.prepare import migrate, static

    migrate()
    static()
    from tests.county import county

    now = datetime.now(UTC)
    with county(now):
        told = _build(now)
    sys.stdout.write(json.dumps(told) + "\n")


def _build(now: datetime) -> dict[str, Any]:
    from tests.browser.stage_calls import make_calls
    from tests.browser.stage_cases import make_cases
    from tests.county import make_town

    town = make_town(now - timedelta(days=9))
    logins = _logins(town)
    for role, user in town.users.items():
        town.staff[role] = replace(town.staff[role], name=user.full_name)
    cases = make_cases(town, now)
    make_calls(town, now)
    return {"logins": logins, "cases": cases}


def _logins(town: Any) -> dict[str, dict[str, str]]:
    from onegrid.accounts.actions import add_authenticator, create_staff
    from onegrid.accounts.terms import Role
    from onegrid.accounts.viewer import Viewer

    system = Viewer.system(COUNTY)
    logins: dict[str, dict[str, str]] = {}
    for role, surname, given in zip(Role, NAMES, GIVEN, strict=True):
        user = town.users[role]
        user.full_name = surname + given
        if role is Role.RESIDENT:
            user.save(update_fields=["full_name"])
            continue
        user.username = role.value
        user.set_password(PASSWORD)
        user.save(update_fields=["full_name", "username", "password"])
        secret = base64.b32encode(secrets.token_bytes(20)).decode()
        add_authenticator(viewer=system, user_id=user.id, secret=secret)
        logins[role.value] = {"username": role.value, "password": PASSWORD, "secret": secret}
    create_staff(
        viewer=system, username="newcomer", full_name="何新", password=PASSWORD, now=town.now
    )
    logins["newcomer"] = {"username": "newcomer", "password": PASSWORD, "secret": ""}
    return logins


if __name__ == "__main__":
    main()
