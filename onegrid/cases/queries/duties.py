"""Work by the lists of duties: in and out of the list, pushed down, certificates still asked for.

The rows count cases of the viewer's area; no words of a reporter are among them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from onegrid.accounts.viewer import Viewer
from onegrid.cases import standing
from onegrid.cases.models import Case, CertificateAsk, Step
from onegrid.cases.queries.trial import first_sent
from onegrid.cases.routing import Asked, owner_of
from onegrid.core.flow import Action
from onegrid.duties import queries as duties
from onegrid.organisation.queries import units


@dataclass(frozen=True, slots=True)
class UnitShare:
    """Work of one unit: its own duties, items of others, and what is in no list (S19)."""

    unit: str
    cases: int
    own: int
    others: int
    no_item: int

    @property
    def percent(self) -> float:
        """Share of its work that is its own by the list, in per cent."""
        return round(100 * self.own / self.cases, 1)


@dataclass(frozen=True, slots=True)
class PushedRow:
    """A duty that was given down to a community, with its justification (S22)."""

    number: str
    at: datetime
    item: str
    owner: str
    community: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """How often a certificate was asked for, by month and by who wants it (S21)."""

    code: str
    title: str
    asked: int
    answered: int
    months: dict[str, int]
    units: tuple[tuple[str, int], ...]


def unit_shares(viewer: Viewer, *, since: datetime) -> tuple[UnitShare, ...]:
    """Return the work of each unit since a day, most cases first."""
    rows = (
        Case.objects.filter(standing.visible(viewer), standing.LIVE, lead_unit__isnull=False)
        .annotate(sent_at=first_sent())
        .filter(sent_at__gte=since)
    )
    counted: dict[Any, Counter[str]] = {}
    for case in rows.only("lead_unit_id", "item_id", "community_id", "street_id"):
        item = duties.item(case.item_id)
        asked = Asked("", None, None, None, case.community_id, case.street_id)
        owner = owner_of(item, asked)
        own = owner is not None and owner.id == case.lead_unit_id
        kind = "no_item" if item is None else "own" if own else "others"
        counted.setdefault(case.lead_unit_id, Counter())[kind] += 1
    known = units()
    found = [
        UnitShare(
            known[pk].name if pk in known else "–",
            count.total(),
            count["own"],
            count["others"],
            count["no_item"],
        )
        for pk, count in counted.items()
    ]
    return tuple(sorted(found, key=lambda row: (-row.cases, row.unit)))


def pushed_down(viewer: Viewer, *, since: datetime) -> tuple[PushedRow, ...]:
    """Return every duty pushed down to a community since a day, the newest first."""
    seen = Case.objects.filter(standing.visible(viewer), standing.LIVE)
    rows = Step.objects.filter(
        action=Action.DISPATCH, data__has_key="pushed_down", at__gte=since, case__in=seen
    ).order_by("-at")
    found = rows.values_list("case__number", "at", "data", "text")
    return tuple(
        PushedRow(
            number=number,
            at=at,
            item=data["pushed_down"]["item"],
            owner=data["pushed_down"]["owner"],
            community=data["unit"],
            by=data["pushed_down"]["by"],
            reason=text,
        )
        for number, at, data, text in found
    )


def certificates_asked(viewer: Viewer, *, since: datetime) -> tuple[CertificateRow, ...]:
    """Return how often each abolished certificate was asked for since a day, most asked first."""
    seen = Case.objects.filter(standing.visible(viewer), standing.LIVE)
    rows = CertificateAsk.objects.filter(at__gte=since, case__in=seen)
    known = units()
    grouped: dict[tuple[str, str], list[tuple[str, str, bool]]] = {}
    for item_id, at, unit_id, outside, answered in rows.values_list(
        "item_id", "at", "unit_id", "outside", "answered_at"
    ):
        item = duties.item(item_id)
        if item is not None:
            unit = known.get(unit_id) if unit_id else None
            who = outside or (unit.name if unit else "")
            month = f"{localtime(at):%Y-%m}"
            grouped.setdefault((item.code, item.title), []).append((month, who, bool(answered)))
    found = [
        CertificateRow(
            code=code,
            title=title,
            asked=len(asks),
            answered=sum(answered for _month, _who, answered in asks),
            months=dict(sorted(Counter(month for month, _who, _answered in asks).items())),
            units=tuple(Counter(who for _month, who, _answered in asks).most_common()),
        )
        for (code, title), asks in grouped.items()
    ]
    return tuple(sorted(found, key=lambda row: (-row.asked, row.code)))
