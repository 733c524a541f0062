"""Try routing rules on past cases: where would they have gone?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from onegrid.accounts.viewer import Viewer
from onegrid.cases import reference
from onegrid.cases.models import Case, Step
from onegrid.cases.routing import Asked, apply
from onegrid.core.flow import Action
from onegrid.duties.queries import BookRow
from onegrid.organisation.queries import units

MOST_CASES = 500


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A past case that the rules would send elsewhere; no words of the reporter."""

    number: str
    at: datetime
    category: str
    went_to: str
    would_go_to: str
    rule: int | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rules make of past cases.

    Attributes:
        without_rule: cases for which no rule holds; they are among ``elsewhere``.
    """

    cases: int
    without_rule: int
    elsewhere: tuple[Elsewhere, ...]


def first_sent() -> Subquery:
    """Return the time at which a case was first dispatched, as a column."""
    steps = Step.objects.filter(case_id=OuterRef("pk"), action=Action.DISPATCH)
    return Subquery(steps.order_by("seq").values("at")[:1])


def try_rules(viewer: Viewer, *, book: BookRow, limit: int = MOST_CASES) -> Trial:
    """Ask a version of the rules about the newest dispatched cases, at the time of their dispatch.

    Args:
        limit: at most so many cases.
    """
    rows = (
        Case.objects.filter(lead_unit__isnull=False)
        .annotate(sent_at=first_sent())
        .filter(sent_at__isnull=False)
        .order_by("-opened_at")[:limit]
    )
    elsewhere: list[Elsewhere] = []
    without = total = 0
    known, categories = units(), reference.categories.get()
    for case in rows:
        total += 1
        found = apply(book, Asked.of(case), at=case.sent_at)
        without += found.rule is None
        if found.unit is not None and found.unit.id == case.lead_unit_id:
            continue
        went = known.get(case.lead_unit_id) if case.lead_unit_id else None
        category = categories.get(case.category_id) if case.category_id else None
        elsewhere.append(
            Elsewhere(
                number=case.number,
                at=case.sent_at,
                category=category.label(viewer.language) if category else "",
                went_to=went.name if went else "",
                would_go_to=found.unit.name if found.unit else "",
                rule=found.rule.position if found.rule else None,
            )
        )
    return Trial(total, without, tuple(elsewhere))
