"""The page of the report, section by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from onegrid.core.planning import Band, Miss, Wishes
from onegrid.gis.report import reasons
from onegrid.gis.report.drawing import draw
from onegrid.gis.report.histogram import histogram
from onegrid.gis.report.key import key
from onegrid.gis.report.markup import Child, table, tag, text_of
from onegrid.gis.report.stories import why_here
from onegrid.gis.results import Communities, Result
from onegrid.gis.words import Say, sentence, speech

STYLES = Path(__file__).with_name("paper.css")
#: misses and grids beyond are only counted: a report is read by people
_MOST_MISSES = 400
_ONE_BY_ONE = 12
_MOST_GRIDS = 3000


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the report.

    Attributes:
        place: name of the town, or of its file.
        made: when the plan was made.
        language: a key of `onegrid.gis.words.LANGUAGES`.
    """

    place: str
    made: datetime
    language: str = "zh-hans"


def page(result: Result, heading: Heading) -> str:
    """Return the report as HTML: no script, no address of another file."""
    _ = speech(heading.language)
    title = _("Grid plan of %(place)s") % {"place": heading.place}
    body = tag(
        "body",
        tag("h1", title),
        _asked(result, heading, _),
        _verdict(result, _),
        *_too_many(result, _),
        _figures(result, _),
        *_map(result, _),
        *_spread(result, _),
        *_before(result, _),
        *_misses(result, _),
        *_communities(result, _),
        *_assumed(result, _),
        *_grids(result, _),
        *why_here(result, _),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", STYLES.read_text("utf-8")),
    )
    return text_of(tag("html", head, body, lang=heading.language))


def _asked(result: Result, heading: Heading, _: Say) -> Element:
    band = result.asked.band
    words = _("Asked for: %(least)s to %(most)s households in each grid. Made on %(day)s.") % {
        "least": f"{band.least:,.0f}",
        "most": f"{band.most:,.0f}",
        "day": f"{heading.made:%Y-%m-%d %H:%M}",
    }
    if result.communities is not None:
        words += " " + _of_communities(result.communities.band, _)
    return tag("p", words, class_="sub")


def _of_communities(band: Band, _: Say) -> str:
    return _("Asked for: %(least)s to %(most)s households in each community.") % {
        "least": f"{band.least:,.0f}",
        "most": f"{band.most:,.0f}",
    }


def _verdict(result: Result, _: Say) -> Element:
    """Return in one sentence whether the plan is as asked for."""
    found = result.measures
    bad = int((~(found.within & found.connected)).sum())
    if not bad and not result.misses:
        words = _("All %(grids)s grids are within the band and in one piece.")
    else:
        words = _(
            "%(good)s of %(grids)s grids are within the band and in one piece; the others are "
            "named below with the reason and the least that would help."
        )
    words = words % {"grids": f"{found.grids:,}", "good": f"{found.grids - bad:,}"}
    sure = sum(miss.unavoidable for miss in result.misses)
    if sure:
        shown = _("%(sure)s of the %(misses)s exceptions are shown to be unavoidable.")
        words += " " + shown % {"sure": f"{sure:,}", "misses": f"{len(result.misses):,}"}
    return tag("p", words, class_="verdict not" if bad or result.misses else "verdict")


def _too_many(result: Result, _: Say) -> list[Element]:
    """Say what it means when there are more grids than were asked for."""
    many = result.plan.too_many
    if not many:
        return []
    words = _(
        "There are %(many)s more grids than the %(allowed)s that were asked for or that the "
        "households make at the middle of the band. Main roads, rivers and railways leave small "
        "pieces, or no plan with fewer was found. Each grid needs a worker: search longer, allow "
        "more households in a grid, or accept it."
    )
    allowed = result.plan.grids - many
    if result.least_grids > allowed:
        words = _(
            "There are %(many)s more grids than the %(allowed)s that were asked for: so many "
            "households need %(least)s grids at the least. Allow more grids, or more households in "
            "a grid."
        )
    numbers = {"many": many, "allowed": allowed, "least": result.least_grids}
    return [tag("p", words % numbers, class_="verdict not")]


def _figures(result: Result, _: Say) -> Element:
    found, town = result.measures, result.surveyed.town
    figures = [
        (f"{len(town):,}", _("buildings")),
        (f"{town.households.sum():,.0f}", _("households")),
        (f"{found.grids:,}", _("grids")),
        (f"{found.good:.1%}", _("within the band and in one piece")),
        (f"{found.rms:,.0f} m", _("usual way to the middle of the own grid")),
        (f"{np.median(found.compactness):.2f}", _("roundness (1 is a circle), median")),
    ]
    if (town.compound >= 0).any():
        figures.append((f"{found.split:,}", _("compounds divided without need")))
    if result.before is not None:
        figures.append((f"{found.moved:,.0f}", _("households that change their grid")))
    if result.served is not None:
        figures.append((reasons.walk(result.served.mean, _), _("walk to the station of the grid")))
        if result.served.beyond > 0:
            figures.append((f"{result.served.beyond:,.0f}", _("households with no way to it")))
    if result.moves is not None:
        figures.append((f"{result.moves.households:,.0f}", _("must change it in any such plan")))
    if result.gap is not None:
        figures.append((f"{result.gap:.1%}", _gap(result, _)))
    return tag(
        "ul", *(tag("li", tag("strong", value), tag("span", name)) for value, name in figures),
        class_="figures",
    )  # fmt: skip


def _gap(result: Result, _: Say) -> str:
    """Say what the distance to the best possible means: a bound knows no wishes."""
    if result.asked.wishes == Wishes():
        return _("at most so far from the best possible")
    return _("at most so far from the most compact plan possible; wishes are not counted")


def _map(result: Result, _: Say) -> list[Element]:
    picture = tag("figure", draw(result, _), key(result, _), class_="map")
    return [tag("h2", _("Map")), picture]


def _spread(result: Result, _: Say) -> list[Element]:
    words = _("The green field is the band; each bar says how many grids have so many households.")
    picture = histogram(result.measures.households, result.asked.band, _)
    return [
        tag("h2", _("Households of the grids")),
        tag("figure", picture, tag("figcaption", words), class_="bars"),
    ]


def _before(result: Result, _: Say) -> list[Element]:
    """Compare with today's grids."""
    old, new = result.before, result.measures
    if old is None:
        return []
    rows: list[list[Child]] = [
        [_("grids"), f"{old.grids:,}", f"{new.grids:,}"],
        [_("within the band and in one piece"), f"{old.good:.1%}", f"{new.good:.1%}"],
        [_("usual way to the middle of the own grid"), f"{old.rms:,.0f} m", f"{new.rms:,.0f} m"],
        [
            _("roundness (1 is a circle), median"),
            f"{np.median(old.compactness):.2f}",
            f"{np.median(new.compactness):.2f}",
        ],
        [
            _("unequal workload (coefficient of variation)"),
            f"{old.spread:.2f}",
            f"{new.spread:.2f}",
        ],
        [_("compounds divided without need"), f"{old.split:,}", f"{new.split:,}"],
        [_("households that change their grid"), "–", _moved(result)],
    ]
    if result.served is not None and result.served_before is not None:
        walks = (result.served_before.mean, result.served.mean)
        told = [reasons.walk(metres, _) for metres in walks]
        rows.insert(3, [_("walk to the station of the grid"), *told])
    head = ["", _("today"), _("this plan")]
    return [tag("h2", _("Against today")), table(head, rows, numbers=(1, 2))]


def _moved(result: Result) -> str:
    town, moved = result.surveyed.town, result.measures.moved
    known = town.households[town.today >= 0].sum() if town.today is not None else 0.0
    return f"{moved:,.0f} ({moved / known:.1%})" if known else f"{moved:,.0f}"


def _misses(result: Result, _: Say) -> list[Element]:
    """Name what is not as asked for: each grid, or all at once that have one reason."""
    if not result.misses:
        return []
    groups: dict[str, list[Miss]] = {}
    for miss in sorted(result.misses, key=lambda miss: result.codes[miss.grid]):
        groups.setdefault(reasons.why(miss, _), []).append(miss)
    many = {words: group for words, group in groups.items() if len(group) > _ONE_BY_ONE}
    rows: list[list[Child]] = [
        [result.codes[miss.grid], f"{miss.households:,.0f}", words, reasons.remedy(miss, _)]
        for words, group in groups.items()
        if words not in many
        for miss in group
    ]
    head = [_("grid"), _("households"), _("why"), _("what would help")]
    return [
        tag("h2", _("Not as asked for")),
        *(part for words, group in many.items() for part in _all_of(words, group, result, _)),
        *([table(head, rows, numbers=(1,))] if rows else []),
    ]


def _all_of(words: str, misses: Sequence[Miss], result: Result, _: Say) -> list[Element]:
    """Name many grids with one reason and what would help, the fullest first."""
    fullest = sorted(misses, key=lambda miss: -miss.households)[:_MOST_MISSES]
    named = [f"{result.codes[miss.grid]}\u00a0({miss.households:,.0f})" for miss in fullest]
    left = len(misses) - len(named)
    title = _("%(count)s grids (households): %(why)s") % {"count": f"{len(misses):,}", "why": words}
    return [
        tag("h3", title),
        tag("p", reasons.remedy_of_many(misses, _)),
        tag("p", ", ".join(named) + (f" … +{left:,}" if left else ""), class_="sub codes"),
    ]


def _communities(result: Result, _: Say) -> list[Element]:
    above = result.communities
    if above is None:
        return []
    grids = np.bincount(above.of_grid, minlength=len(above.codes))
    misses = {miss.grid: miss for miss in above.misses}
    rows: list[list[Child]] = [
        [
            code,
            f"{grids[number]:,}",
            _number(above.measures.households[number], bool(above.measures.within[number])),
            reasons.why_community(misses[number], _) if number in misses else "",
            reasons.remedy_of_community(misses[number], _) if number in misses else "",
        ]
        for number, code in sorted(enumerate(above.codes), key=lambda pair: pair[1])
    ]
    head = [_("community"), _("grids"), _("households"), _("why"), _("what would help")]
    keep = 5 if above.misses else 3
    shown = table(head[:keep], [row[:keep] for row in rows], numbers=(1, 2))
    return [tag("h2", _("The communities")), _judged(above, _), shown]


def _judged(above: Communities, _: Say) -> Element:
    """Return in one sentence whether the communities are as asked for."""
    bad = len(above.misses)
    if not bad:
        words = _("All %(count)s communities are within their band.")
    else:
        words = _("%(good)s of %(count)s communities are within their band.")
    words = words % {"count": f"{len(above.codes):,}", "good": f"{len(above.codes) - bad:,}"}
    return tag("p", words, class_="verdict not" if bad else "verdict")


def _assumed(result: Result, _: Say) -> list[Element]:
    lines = [tag("li", sentence(note.code, note.params, _)) for note in result.notes]
    code = _(
        "A grid that is mostly one of today's keeps its code; new ones are numbered from the "
        "north-west to the south-east so that neighbours have near numbers."
    )
    plan = result.plan
    effort = _("Seed %(seed)s, %(rounds)s rounds of improvement, %(seconds)s seconds.") % {
        "seed": plan.seed,
        "rounds": f"{plan.rounds:,}",
        "seconds": f"{plan.seconds:.1f}",
    }
    lines += [tag("li", code), tag("li", effort)]
    if not result.areas.sound:
        lines.append(tag("li", _("Some borders of grids do not fit each other to the millimetre.")))
    return [tag("h2", _("What was assumed and done")), tag("ul", *lines)]


def _grids(result: Result, _: Say) -> list[Element]:
    """List the grids by their codes."""
    found, above = result.measures, result.communities
    buildings = np.bincount(result.labels, minlength=len(result))
    way = np.sqrt(found.inertia / np.maximum(found.households, 1))
    order = sorted(range(len(result)), key=lambda number: result.codes[number])
    rows: list[list[Child]] = [
        [
            result.codes[number],
            *([above.codes[above.of_grid[number]]] if above else []),
            _number(found.households[number], bool(found.within[number])),
            _remark(result, number, _),
            f"{buildings[number]:,}",
            f"{way[number]:,.0f}",
            *_station(result, number, _),
            f"{found.compactness[number]:.2f}",
        ]
        for number in order[:_MOST_GRIDS]
    ]
    head = [
        _("grid"),
        *([_("community")] if above else []),
        _("households"),
        _("remark"),
        _("buildings"),
        _("way to the middle, m"),
        *([_("station"), _("walk to it, m")] if result.served else []),
        _("roundness"),
    ]
    first = 2 if above else 1
    words = {first + 1, first + 4} if result.served else {first + 1}
    numbers = [n for n in range(first, len(head)) if n not in words]
    return [
        tag("h2", _("The grids")),
        table(head, rows, numbers=numbers),
        *_rest(len(order) - len(rows), _),
    ]


def _station(result: Result, number: int, _: Say) -> list[Child]:
    """Return name of the station of a grid and the mean walk there, nothing without stations."""
    found = result.served
    if found is None:
        return []
    metres = found.walk[number]
    walk = f"{metres:,.0f}" if np.isfinite(metres) else "–"
    return [result.surveyed.stations[found.station[number]], walk]


def _rest(left: int, _: Say) -> list[Element]:
    words = _("%(count)s more are in the file of the plan.") % {"count": f"{left:,}"}
    return [tag("p", words)] if left > 0 else []


def _number(value: float, good: bool) -> Element:
    return tag("span", f"{value:,.0f}", class_=None if good else "bad")


def _remark(result: Result, number: int, _: Say) -> str:
    found, band = result.measures, result.asked.band
    words = []
    if found.households[number] < band.least - 1e-9:
        words.append(_("too few households"))
    if found.households[number] > band.most + 1e-9:
        words.append(_("too many households"))
    if not found.connected[number]:
        words.append(_("not in one piece"))
    return ", ".join(words)
