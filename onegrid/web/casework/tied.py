"""What ties a case to others: what its panels do, and its section of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions
from onegrid.cases.actions import Doing, Matters
from onegrid.cases.queries import CaseView
from onegrid.cases.queries.similar import Alike
from onegrid.cases.queries.tied import CallRow, JoinedRow, TiedRow, case_named, ties
from onegrid.common.refusals import Invalid
from onegrid.core.similar import Likeness
from onegrid.organisation.queries import units
from onegrid.web.casework.form import Act, Form


def _called(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.emergency(
        case_id=case_id,
        doing=doing,
        line=form.text("line"),
        called_by=form.text("called_by"),
        called_at=_moment(form.text("called_at")),
        text=form.text("text"),
    )


def _moment(typed: str) -> datetime:
    """Return a local time as typed.

    Raises:
        Invalid: it is none.
    """
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=get_current_timezone())
    except ValueError as error:
        raise Invalid("emergency.called_at", field="called_at") from error


def _merge(form: Form, case_id: UUID, doing: Doing) -> object:
    into = case_named(form.text("into"))
    return actions.merge(case_id=case_id, doing=doing, into=into, text=form.text("text"))


def _split(form: Form, case_id: UUID, doing: Doing) -> object:
    matters = Matters(
        case_class=form.text("case_class"),
        category_code=form.text("category"),
        parts=tuple(n for n in range(1, 21) if form.text(f"part_{n}")),
        text=form.text("text"),
        unit_id=_unit(form.text("unit")),
    )
    return actions.split(case_id=case_id, doing=doing, matters=matters)


def _unit(chosen: str) -> UUID | None:
    """Return the unit chosen, or None for later.

    Raises:
        Invalid: there is no such unit.
    """
    if not chosen:
        return None
    found = next((unit_id for unit_id in units() if str(unit_id) == chosen), None)
    if found is None:
        raise Invalid("case.unit_unknown", field="unit")
    return found


TIED_ACTS: dict[str, Act] = {
    "emergency": _called,
    "merge": _merge,
    "unmerge": lambda form, case, doing: actions.unmerge(
        case_id=case, doing=doing, text=form.text("text")
    ),
    "split": _split,
    "repeat": lambda form, case, doing: actions.repeat(
        case_id=case, doing=doing, text=form.text("text")
    ),
}


WAYS = {
    "merged_into": gettext_lazy("merged into"),
    "merged": gettext_lazy("merged into this one"),
    "parent": gettext_lazy("part of"),
    "child": gettext_lazy("divided from this one"),
    "recurs": gettext_lazy("comes back after"),
    "came_back": gettext_lazy("came back as"),
    "related": gettext_lazy("related to"),
}
_ICONS = {
    "merged_into": "workflow",
    "merged": "workflow",
    "parent": "route",
    "child": "route",
    "recurs": "rotate-ccw",
    "came_back": "rotate-ccw",
    "related": "paperclip",
}


def tie_facts(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the data of a step says of other cases and of emergency calls."""
    if "into" in data:
        yield str(data["into"])
    if "child" in data:
        yield str(data["child"])
    if data.get("link") and "number" in data:
        way = {"after": "recurs", "before": "came_back"}.get(str(data.get("way")), "merged")
        yield f"{WAYS[way]} {data['number']}"
    if "people" in data:
        yield ngettext("%(n)s joined", "%(n)s joined", data["people"]) % {"n": data["people"]}
    if "line" in data and "called_by" in data:
        yield f"{data['line']} · {data['called_by']}"


@dataclass(frozen=True, slots=True)
class LinkTold:
    """A tied case in words."""

    row: TiedRow
    way: Any
    icon: str
    matters: str


@dataclass(frozen=True, slots=True)
class AlikeTold:
    """A like case with the reasons in words; ``key`` is for merging into it at once."""

    row: Alike
    percent: int
    reasons: str
    key: str


@dataclass(frozen=True, slots=True)
class TiesTold:
    """The section of the page."""

    links: tuple[LinkTold, ...]
    alike: tuple[AlikeTold, ...]
    calls: tuple[CallRow, ...]
    joined: tuple[JoinedRow, ...]
    people: int
    repeated: int


def tied(viewer: Viewer, view: CaseView, now: datetime) -> TiesTold | None:
    """Return what a case is tied to, in words."""
    found = ties(viewer, view=view, now=now)
    if not found:
        return None
    return TiesTold(
        links=tuple(_link(row) for row in found.rows),
        alike=tuple(
            AlikeTold(row, round(100 * row.likeness.score), reasons(row.likeness), str(uuid4()))
            for row in found.alike
        ),
        calls=found.calls,
        joined=found.joined,
        people=found.people,
        repeated=found.repeated,
    )


def _link(row: TiedRow) -> LinkTold:
    numbers = _(", ").join(str(n) for n in row.parts)
    matters = _("matter %(numbers)s") % {"numbers": numbers} if row.parts else ""
    return LinkTold(row, WAYS[row.way], _ICONS[row.way], matters)


def reasons(likeness: Likeness) -> str:
    """Say in words why two cases may be one matter."""
    said = [_place(likeness), _days(likeness.days)]
    said.append(_("%(n)s %% same words") % {"n": round(100 * likeness.words)})
    if likeness.family:
        said.append(_("same kind"))
    if likeness.reporter:
        said.append(_("same reporter"))
    return _(", ").join(word for word in said if word)


def _place(likeness: Likeness) -> str:
    if likeness.same_building:
        return _("same building")
    if likeness.distance_m is None:
        return ""
    return _("%(n)s m away") % {"n": round(likeness.distance_m)}


def _days(days: int) -> str:
    if days == 0:
        return _("within a day")
    return ngettext("%(n)s day apart", "%(n)s days apart", days) % {"n": days}
