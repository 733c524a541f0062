"""Where a person lands: each role on its own desk."""

from __future__ import annotations

from contextlib import suppress

from django.urls import NoReverseMatch, reverse

from onegrid.accounts.terms import ADMIN_ROLES, Role
from onegrid.accounts.viewer import Viewer

#: Names of the address, the first that exists, and the path otherwise.
_RESIDENT = (("resident:cases", "my_cases"), "/my/")
_WORKER = (("worker:home", "my_grid"), "/work/")
_ADMIN = (("admin:home",), "/admin/")
_DESK = (("desk:queue", "desk_queue"), "/desk/")


def home_of(viewer: Viewer) -> str:
    """Return the address of the viewer's own desk.

    Somebody who is a grid worker and something else at a desk lands at the desk; an administrator
    lands in administration; staff without any role stay on the front page.
    """
    if viewer.user_id is None:
        return "/"
    if viewer.has(*ADMIN_ROLES):
        return _address(*_ADMIN)
    working = viewer.roles - {Role.RESIDENT}
    if not working:
        return _address(*_RESIDENT) if viewer.has(Role.RESIDENT) else reverse("account_profile")
    return _address(*(_WORKER if working == {Role.GRID_WORKER} else _DESK))


def _address(names: tuple[str, ...], otherwise: str) -> str:
    for name in names:
        with suppress(NoReverseMatch):
            return reverse(name)
    return otherwise
