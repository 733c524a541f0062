"""Words for how good a draft is: how near to the best, who must move, grids too many."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onegrid.plans.limits import Standing
from onegrid.plans.queries import DraftRow

#: A gap below this is what rounding leaves.
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about a plan, and what it means.

    Attributes:
        alarm: somebody has to think about it.
    """

    icon: str
    text: str
    hint: str = ""
    alarm: bool = False


def said(draft: DraftRow) -> list[Said]:
    """Say how good the plan of a draft is; what could not be shown is said as well."""
    found = draft.standing
    if draft.after is None:
        return []
    if found is None:
        text = _("How near to the best possible it is was not computed.")
        return [Said("scale", text, _("The planner computes it whenever it makes a plan."))]
    return [*_too_many(found), _near(found), _moves(found, draft.after.moved)]


def _near(found: Standing) -> Said:
    if found.gap is not None and found.gap < _NOTHING:
        return Said("scale", _("No plan as asked for has shorter ways. That is computed."))
    if found.gap is not None:
        text = _("At most %(gap)s from the best possible.") % {"gap": share(found.gap)}
        hint = _(
            "Squared ways to the middle, against a computed limit that no plan as asked for can"
            " beat. What is wished for beside short ways has its part in it."
        )
        return Said("scale", text, hint)
    if found.open:
        text = _("How near to the best possible it is cannot be said.")
        hint = _(
            "For that every grid has to be as asked for, unless roads, rivers or single buildings"
            " enforce something else."
        )
        return Said("scale", text, hint)
    text = _("How near to the best possible it is could not be shown.")
    return Said("scale", text, _("The time was too short. Plan anew with more time."))


def _moves(found: Standing, moved: int) -> Said:
    numbers = {"least": _whole(found.must_move or 0), "moved": _whole(moved)}
    if found.must_move is None:
        text = _("%(moved)s households change grid; how many must was not computed.") % numbers
    elif found.must_move == 0:
        text = _("No household was shown to have to move; this draft moves %(moved)s.") % numbers
    else:
        text = _("At least %(least)s households must move; this draft moves %(moved)s.") % numbers
    hint = ""
    if found.must_move is not None and found.left_out:
        hint = _(
            "Not counted are %(n)s households behind roads and rivers where grids cannot be, or are"
            " not, as asked for."
        ) % {"n": _whole(found.left_out)}
    return Said("users", text, hint)


def _too_many(found: Standing) -> list[Said]:
    if not found.too_many:
        return []
    text = ngettext(
        "%(n)d grid more than the %(allowed)d allowed.",
        "%(n)d grids more than the %(allowed)d allowed.",
        found.too_many,
    ) % {"n": found.too_many, "allowed": found.allowed}
    hint = _(
        "Allowed are as many as were asked for, else households by the middle of the band. Roads"
        " and rivers leave small pieces, or no plan with fewer was found. Each grid needs a worker:"
        " plan longer, allow larger grids, or accept it."
    )
    return [Said("triangle-alert", text, hint, alarm=True)]


def share(value: float) -> str:
    """Return a gap in per cent, rounded up."""
    shown = max(0.0, -(-1000 * (value - _NOTHING) // 1) / 10)
    return f"{shown:g} %"


def _whole(value: float) -> str:
    return number_format(round(value), use_l10n=True, force_grouping=True)
