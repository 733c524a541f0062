"""Why a grid of a draft is so, and how its communities stand to their band."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from onegrid.plans.queries import DraftView, StoryRow
from onegrid.plans.queries.stories import NearestRow
from onegrid.web.desk.plans.words import out_of

_BORDERS = {
    "path": gettext_lazy("path"),
    "small_road": gettext_lazy("small road"),
    "main_road": gettext_lazy("main road"),
    "river": gettext_lazy("river"),
    "railway": gettext_lazy("railway"),
}


def why_here(story: StoryRow) -> list[str]:
    """Say how much room a grid has, what bounds it, and who came closest to being in it."""
    room = _("Within the band it could take %(more)d more households, or lose %(fewer)d.")
    said = [room % {"more": story.more, "fewer": story.fewer}]
    longest = sorted(story.borders.items(), key=lambda pair: -pair[1])
    borders = [f"{_BORDERS[kind]} {metres:,} m" for kind, metres in longest if metres]
    if borders:
        said.append(_("Its borders: %(borders)s.") % {"borders": _(", ").join(borders)})
    if story.nearest is not None:
        said.append(_closest(story.nearest))
    return said


def _closest(nearest: NearestRow) -> str:
    by = round(nearest.by)
    against = {
        "too_many": ngettext(
            "this grid would then have %(n)d household too many",
            "this grid would then have %(n)d households too many",
            by,
        ),
        "too_few": ngettext(
            "%(grid)s would then have %(n)d household too few",
            "%(grid)s would then have %(n)d households too few",
            by,
        ),
        "apart": _("%(grid)s would then fall apart"),
        "farther": _("the ways to the middles would become longer"),
    }[nearest.hindrance]
    words = _("Closest outside: %(place)s (%(households)d households, %(grid)s); %(against)s.")
    grid = {"grid": nearest.grid_name}
    return words % {
        **grid,
        "place": nearest.compound or nearest.address,
        "households": nearest.households,
        "against": against % {**grid, "n": by},
    }


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """A community of a draft; `trouble` says how far it is out of its band."""

    code: str
    name: str
    grids: int
    households: int
    trouble: str


def communities(view: DraftView) -> list[CommunityRow]:
    """Return the communities that a draft cuts anew, those out of their band first."""
    least, most = view.row.community_least, view.row.community_most
    if least is None or most is None:
        return []
    names = {row.community_code: row.community_name for row in view.grids}
    rows = []
    for code, name in names.items():
        inside = [row.households for row in view.grids if row.community_code == code]
        total = sum(inside)
        rows.append(CommunityRow(code, name, len(inside), total, out_of(total, least, most)))
    return sorted(rows, key=lambda row: (not row.trouble, row.code))
