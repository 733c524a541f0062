"""``init`` and ``createuser``: the first county and the first administrators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone, translation

from onegrid.accounts import actions as accounts
from onegrid.accounts.actions.counties import create_county as found
from onegrid.accounts.viewer import Viewer
from onegrid.commands.terminal import show, show_json
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Refusal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import language, words
from onegrid.starter.build import build


def create_county(*, code: int, name: str, hosts: Sequence[str], as_json: bool) -> None:
    """Create a county with its starter set; all of it or nothing.

    Raises:
        Refused: it exists, or the code, name or a host name cannot be.
    """
    now = timezone.now()
    with refusals_as_text(), transaction.atomic():
        found(code=code, name=name, hosts=hosts, now=now)
        with tenant_tx(code):
            build(now=now)
    if as_json:
        show_json({"county": code, "name": name, "hosts": list(hosts)})
    else:
        show(words(f"County {code} {name} is ready.", f"{name}({code})已建立。"))


def create_user(
    *, username: str, code: int, full_name: str, role: str, phone: str, password: str | None
) -> None:
    """Create a member of staff with a role for the whole county.

    Args:
        password: None draws a one-time password and shows it.

    Raises:
        Refused: one of the inputs cannot be, or the user name is taken.
    """
    now = timezone.now()
    viewer = Viewer.system(code)
    with refusals_as_text(), tenant_tx(code):
        made = accounts.create_staff(
            viewer=viewer,
            username=username,
            full_name=full_name,
            phone=phone,
            password=password,
            now=now,
        )
        accounts.grant_role(viewer=viewer, user_id=made.user_id, role=role, now=now)
    show(words(f"{username} may sign in now.", f"{username} 现在可以登录。"))
    if made.password:
        show(words(f"One-time password: {made.password}", f"一次性密码：{made.password}"))


@contextmanager
def refusals_as_text() -> Iterator[None]:
    """Turn a refusal of the product into its sentence in the terminal's language."""
    try:
        yield
    except Refusal as refusal:
        with translation.override("zh-hans" if language() == "zh" else "en"):
            raise Refused(text(refusal), Exit.FAILURE) from refusal
