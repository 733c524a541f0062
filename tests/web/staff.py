"""Browsers in which staff of the small county are signed in, and steps they take."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.models import Case, Step
from tests.county import Town, doing, report


def browser(town: Town, role: Role, language: str = "zh-hans") -> Client:
    """Return a browser in which a role is signed in and has shown its second factor.

    The proof stays fresh however far a test travels; `test_step_up` looks at proofs that grow old.
    """
    client = Client(headers={"accept-language": language})
    client.force_login(town.users[role])
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 4e9}]
    session["account_authentication_methods_user"] = str(town.users[role].pk)
    session.save()
    return client


def travel(to: datetime) -> time_machine.travel:
    """Stop the clock of the pages."""
    return time_machine.travel(to, tick=False)


def photo(colour: str = "red") -> SimpleUploadedFile:
    """Return a small photo."""
    target = BytesIO()
    Image.new("RGB", (64, 48), colour).save(target, "JPEG")
    return SimpleUploadedFile("a.jpg", target.getvalue(), "image/jpeg")


def post(client: Client, number: str, panel: str, base: str = "/desk/case/", **fields: Any) -> Any:
    """Send a panel of a case; names are given without the panel's."""
    plain = {"key": str(uuid4()), "seen": "", "do": ""}
    for name in plain.keys() & fields.keys():
        plain[name] = fields.pop(name)
    named = {f"{panel}-{name}": value for name, value in fields.items()}
    return client.post(f"{base}{number}/act/{panel}/", {**plain, **named})


def forward(
    town: Town,
    *,
    until: str,
    category: str = "water.leak",
    case_class: str = "general",
    at: datetime | None = None,
    unit: str = "water_bureau",
    **more: Any,
) -> Case:
    """Open a case and bring it to a state by the actions."""
    when = at or town.now
    receipt = report(town, at=when, category=category, **more)
    case_id = receipt.case_id
    clerk, member = Role.COMMUNITY_CLERK, Role.UNIT_MEMBER
    steps = [
        ("triage", lambda t: actions.start_triage(case_id=case_id, doing=doing(town, clerk, t))),
        ("classified", lambda t: actions.classify(
            case_id=case_id, doing=doing(town, clerk, t), case_class=case_class,
            category_code=category)),
        ("dispatched", lambda t: actions.dispatch(
            case_id=case_id, doing=doing(town, clerk, t), unit_id=town.units[unit])),
        ("accepted", lambda t: actions.accept(case_id=case_id, doing=doing(town, member, t))),
        ("in_progress", lambda t: actions.start(
            case_id=case_id, doing=doing(town, member, t), text="已联系")),
    ]  # fmt: skip
    if until != "registered":
        for n, (state, step) in enumerate(steps, start=1):
            step(when + timedelta(minutes=n))
            if state == until:
                break
    return Case.objects.get(pk=case_id)


def queries_of(client: Client, address: str) -> int:
    """Return how often a page asks the database once reference data are in memory."""
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        counts.append(len(found))
    return min(counts)


def steps_of(case: Case) -> int:
    return Step.objects.filter(case_id=case.pk).count()


def words(response: Any) -> str:
    """Return the words of a page without tags."""
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())
