"""Words for a draft: what is wrong with a grid, what a run does, how far it has come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from onegrid.common.refusal_texts import TEXTS, text
from onegrid.common.refusals import Refusal
from onegrid.plans.queries import DraftRow, DraftView, GridRow, RunRow
from onegrid.plans.terms import Deed, RunState, Status

STAGES = {
    "prepare": gettext_lazy("Reads buildings, roads and rivers"),
    "first": gettext_lazy("Cuts a first plan"),
    "improve": gettext_lazy("Improves the plan"),
    "prove": gettext_lazy("Looks for proof that it cannot be better"),
    "bound": gettext_lazy("Finds out how near to the best possible it is"),
    "moves": gettext_lazy("Finds out how many households must move"),
    "group": gettext_lazy("Groups the grids to communities"),
}
REASONS = {
    "island": gettext_lazy("fewer households live behind the barriers than the band asks for"),
    "no_count": gettext_lazy("no number of grids fits the households behind the barriers"),
    "too_big": gettext_lazy("a compound that cannot be divided is larger than the band"),
    "shape": gettext_lazy("no connected cut within the band was found"),
}
BARRIERS = {
    "main_road": gettext_lazy("a main road"),
    "river": gettext_lazy("a river"),
    "railway": gettext_lazy("a railway"),
}


def trouble(row: GridRow, draft: DraftRow) -> str:
    """Say what is not as asked for with a grid, and why; nothing when all is well."""
    out = out_of(row.households, draft.least, draft.most)
    said = [out] if out else []
    if not row.connected:
        said.append(_("in pieces"))
    if said and row.miss:
        said.append(_why(row.miss))
    return _("; ").join(said)


def out_of(households: int, least: int, most: int) -> str:
    """Say how far households are out of a band; nothing within it."""
    if households < least:
        gap = least - households
        return ngettext("%(n)d household too few", "%(n)d households too few", gap) % {"n": gap}
    if households > most:
        gap = households - most
        return ngettext("%(n)d household too many", "%(n)d households too many", gap) % {"n": gap}
    return ""


def _why(miss: dict[str, Any]) -> str:
    why = str(REASONS.get(miss.get("reason", ""), ""))
    crossed = BARRIERS.get(miss.get("crossed") or "")
    if crossed:
        why = _("reaches across %(barrier)s") % {"barrier": crossed}
    if miss.get("proved"):
        why = _("%(why)s (proved)") % {"why": why}
    return why


def of_grid(row: GridRow) -> str:
    """Say the figures of a grid in one line."""
    said = _(
        "%(households)d households · %(buildings)d buildings · way %(rms)d m · %(cases)d cases last"
        " year"
    ) % {
        "households": row.households,
        "buildings": row.buildings,
        "rms": round(row.rms),
        "cases": row.cases,
    }
    return " · ".join([said, *([station(row)] if row.station else [])])


def station(row: GridRow) -> str:
    """Say which station serves a grid, and how far its households walk there."""
    if row.walk is None:
        return _("station %(name)s, no way there") % {"name": row.station}
    return _("station %(name)s, %(n)d m to walk") % {"name": row.station, "n": round(row.walk)}


def run(row: RunRow) -> dict[str, str]:
    """Say how far a run is, by the places on the page that show it."""
    stage = str(STAGES.get(row.stage, row.label))
    if row.state == RunState.QUEUED:
        stage = _("Waits for its turn")
    elif row.silent:
        stage = _("Was interrupted and goes on by itself in a minute or two")
    elif row.cancel and row.state == RunState.RUNNING:
        stage = _("Ends and keeps the best plan so far")
    return {
        "stage": stage,
        "again": _("It went on after an interruption; nothing is lost.") if row.again else "",
        "share": f"{row.share:.0%}",
        "elapsed": _("%(n)d s") % {"n": round(row.elapsed)},
        "grids": str(row.grids) if row.grids else "–",
        "rms": _("%(n)s m") % {"n": round(row.rms)} if row.rms else "–",
        "within": f"{row.within:.0%}" if row.grids else "–",
    }


def fault(row: RunRow) -> str:
    """Say why a run could not make a plan."""
    if row.fault in TEXTS:
        return text(Refusal(row.fault))
    said = _(
        "The planner could not make a plan (%(code)s). Change what is asked for and try again."
    )
    return said % {"code": row.fault or "?"}


def tools() -> list[tuple[str, str, str]]:
    """Return what a tap on the map can do: value, words, icon."""
    return [
        ("look", _("Look"), "eye"),
        ("take", _("Choose the grid"), "locate-fixed"),
        ("tap", _("Tap"), "map-pin"),
        ("box", _("Box"), "square"),
        ("lasso", _("Loop"), "route"),
    ]


@dataclass(frozen=True, slots=True)
class WithReason:
    """A deed that needs a reason, and what was typed."""

    name: str
    label: str
    what: str
    icon: str
    typed: str
    wrong: bool

    @property
    def field(self) -> str:
        """Return the name of its text field."""
        return f"{self.name}-reason"


def with_reason(may: Collection[str], typed: Mapping[str, str]) -> list[WithReason]:
    """Return the deeds open to the viewer that need a reason."""
    known = [
        ("send_back", _("Send back"), _("Its maker can change it again; what was agreed is void.")),
        ("revoke", _("Revoke the adoption"), _("Everything stays as it is today.")),
        ("withdraw", _("Withdraw the draft"), _("It stays to be read and cannot be changed.")),
    ]
    icons = {"send_back": "undo-2", "revoke": "undo-2", "withdraw": "x"}
    return [
        WithReason(
            name,
            label,
            what,
            icons[name],
            typed.get(f"{name}-reason", ""),
            f"{name}-reason" in typed,
        )
        for name, label, what in known
        if name in may
    ]


@dataclass(frozen=True, slots=True)
class Mark:
    """A step on the way to adoption.

    Attributes:
        mark: gone, now or nothing.
        who: who did it, or whose turn it is.
    """

    label: str
    mark: str
    who: str


_ORDER = (
    (Status.DRAFT, Status.RUNNING),
    (Status.READY,),
    (Status.SUBMITTED,),
    (Status.AGREED,),
    (Status.APPROVED,),
    (Status.ADOPTED,),
)


def way(view: DraftView) -> list[Mark]:
    """Return the steps from the first plan to adoption, with who did them or whose turn it is."""
    deeds = {one.deed: one for one in reversed(view.decisions)}
    labels = (
        (_("Let the planner work"), "", _("whoever makes the draft")),
        (_("Mend by hand and submit"), Deed.SUBMIT, _("whoever makes the draft")),
        (_("Streets agree"), Deed.AGREE, _("street officers")),
        (_("County approves"), Deed.APPROVE, _("supervisor, another person")),
        (_("Set the day"), Deed.ADOPT, _("supervisor")),
    )
    now = next((n for n, group in enumerate(_ORDER) if view.row.status in group), -1)
    return [
        Mark(label, _mark(n, now), _who(deeds.get(deed) if n < now else None, turn))
        for n, (label, deed, turn) in enumerate(labels)
    ]


def _mark(place: int, now: int) -> str:
    return "gone" if place < now else "now" if place == now else ""


def _who(done: Any, turn: str) -> str:
    return f"{done.by_name} · {localtime(done.at):%Y-%m-%d}" if done else turn
