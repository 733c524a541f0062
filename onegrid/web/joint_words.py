"""What steps of shared cases say besides their text, in words; and what rests or helps now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from onegrid.cases.terms import HoldReason, MeetingKind
from onegrid.web.clock_text import duty_text
from onegrid.web.templatetags.onegrid_ui import moment


def facts(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield reason and end of a hold, more time, units, meetings and other bodies of a step."""
    yield from _times(data)
    if "proposed" in data:
        yield _("proposed: %(unit)s") % {"unit": data["proposed"]}
    if data.get("meeting") in MeetingKind.values:
        yield str(MeetingKind(data["meeting"]).label)
    if "units" in data:
        yield pgettext("between words of a list", ", ").join(map(str, data["units"]))
    if "body" in data:
        yield str(data["body"])
    if "reference" in data:
        yield _("reference %(number)s") % {"number": data["reference"]}


def _times(data: Mapping[str, Any]) -> Iterator[str]:
    if data.get("hold") in HoldReason.values:
        yield str(HoldReason(data["hold"]).label)
    if "until" in data:
        yield _("until %(at)s") % {"at": moment(datetime.fromisoformat(str(data["until"])))}
    if "minutes" in data:
        yield _("%(time)s more") % {"time": duty_text(timedelta(minutes=int(data["minutes"])))}
