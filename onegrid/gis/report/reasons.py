"""Why a grid is not as asked for, and what would help, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from onegrid.core.planning import Barrier, Miss, Reason
from onegrid.gis.words import Say


def barrier_name(kind: Barrier, _: Say) -> str:
    """Return what a barrier is called."""
    return {
        Barrier.PATH: _("path"),
        Barrier.SMALL_ROAD: _("small road"),
        Barrier.MAIN_ROAD: _("main road"),
        Barrier.RIVER: _("river"),
        Barrier.RAILWAY: _("railway"),
    }[kind]


def walk(metres: float, _: Say) -> str:
    """Return the length of a walk; where nobody has a way it says so."""
    return f"{metres:,.0f} m" if isfinite(metres) else _("no way")


def why(miss: Miss, _: Say) -> str:
    """Return the reason of a miss."""
    if miss.crossed is not None:
        return _(
            "It reaches across a %(barrier)s, because too few households live on one side."
        ) % {"barrier": barrier_name(miss.crossed, _)}
    text = {
        Reason.ISLAND: _(
            "Main roads, water or railways close in fewer households than a grid needs."
        ),
        Reason.NO_COUNT: _(
            "The households between the barriers fill no whole number of grids within the band."
        ),
        Reason.TOO_BIG: _(
            "One building or compound alone has more households than a grid may have."
        ),
        Reason.SHAPE: _("No connected cut within the band was found here."),
    }[miss.reason]
    proved = _("It is proved that no plan can do better here.")
    return f"{text} {proved}" if miss.proved else text


def remedy(miss: Miss, _: Say) -> str:
    """Return the least that would mend a miss."""
    if miss.crossed is not None:
        return _("Agree to it where a crossing is near, or allow a smaller grid on each side.")
    numbers = {"least": f"{miss.least:,.0f}", "most": f"{miss.most:,.0f}"}
    if miss.reason is Reason.TOO_BIG:
        text = _(
            "Allow up to %(most)s households for this grid, or give it a second worker, each with "
            "some stairwells."
        )
    elif miss.reason is Reason.ISLAND:
        text = _("Accept a grid from %(least)s households, or join it across the weakest barrier.")
    elif miss.reason is Reason.NO_COUNT or miss.proved:
        text = _("Allow %(least)s to %(most)s households for this grid.")
    else:
        text = _("Search longer (--seconds), or allow %(least)s to %(most)s households.")
    return text % numbers


def remedy_of_many(misses: Sequence[Miss], _: Say) -> str:
    """Return what would mend some misses with one reason: each its own, so here the widest."""
    one = misses[0]
    least = min(miss.least for miss in misses)
    most = max(miss.most for miss in misses)
    if one.crossed is not None or one.reason in (Reason.TOO_BIG, Reason.ISLAND):
        return remedy(replace(one, least=least, most=most), _)
    words = _("Allow each as many households as it has: %(least)s at the least, %(most)s at most.")
    if not one.proved and one.reason is Reason.SHAPE:
        words = _(
            "Search longer (--seconds), or allow each as many households as it has: %(least)s at "
            "the least, %(most)s at most."
        )
    return words % {"least": f"{least:,.0f}", "most": f"{most:,.0f}"}


def why_community(miss: Miss, _: Say) -> str:
    """Return the reason of a community out of its band."""
    if miss.reason is Reason.TOO_BIG:
        return _("One grid alone has more households than a community may have.")
    return _("Whole grids that hang together do not add up to the band here.")


def remedy_of_community(miss: Miss, _: Say) -> str:
    """Return the least that would mend a community."""
    numbers = {"least": f"{miss.least:,.0f}", "most": f"{miss.most:,.0f}"}
    return _("Allow %(least)s to %(most)s households for this community.") % numbers
