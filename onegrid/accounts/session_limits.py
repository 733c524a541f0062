"""How long a session lasts: staff 30 minutes idle and 12 hours in all, residents 30 days idle."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from onegrid.accounts.session_store import DEVICE, SEEN_AT, SIGNED_IN_AT

#: How exactly the last visit is known; a session is written at most this often.
_GRAIN_STAFF = timedelta(minutes=1)
_GRAIN_RESIDENT = timedelta(hours=1)
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def begin(session: SessionBase, *, staff: bool, user_agent: str, now: datetime) -> None:
    """Note when a session began and let its cookie last as its kind allows.

    Args:
        staff: whether the short limits hold; their cookie ends with the browser.
        user_agent: header of the request; only the names of browser and system are kept.
    """
    session[SIGNED_IN_AT] = session[SEEN_AT] = now.isoformat()
    session[DEVICE] = device_name(user_agent)
    session.set_expiry(0 if staff else settings.RESIDENT_IDLE_DAYS * 86_400)


def goes_on(session: SessionBase, *, staff: bool, now: datetime) -> bool:
    """Tell whether a session may go on, and note the visit now and then."""
    began = datetime.fromisoformat(session[SIGNED_IN_AT])
    seen = datetime.fromisoformat(session[SEEN_AT])
    if staff:
        idle = timedelta(minutes=settings.STAFF_IDLE_MINUTES)
        over = now - began >= timedelta(hours=settings.STAFF_SESSION_HOURS)
    else:
        idle = timedelta(days=settings.RESIDENT_IDLE_DAYS)
        over = False
    if over or now - seen >= idle:
        return False
    if now - seen >= (_GRAIN_STAFF if staff else _GRAIN_RESIDENT):
        session[SEEN_AT] = now.isoformat()
    return True


def has_begun(session: SessionBase) -> bool:
    """Tell whether `begin` has been called for this session."""
    return SIGNED_IN_AT in session


def device_name(user_agent: str) -> str:
    """Return browser and system in words, e.g. ``Chrome · Windows``; empty when unknown."""
    found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name)
