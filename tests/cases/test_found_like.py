"""The index finds what comparing with every case would find."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from onegrid.accounts.terms import Role
from onegrid.cases import alike
from onegrid.cases.models import Case
from onegrid.cases.queries import similar as found
from onegrid.core import similar
from onegrid.core.similar import MAX_RADIUS_M, Matter
from tests.county import Town, middle, report

DAY = timedelta(days=1)
_TEXTS = {
    "water.leak": "楼下水管漏水，已经两天了",
    "power.light": "路灯不亮，晚上看不清路",
}


def scattered(town: Town, count: int) -> None:
    """Open cases of two families around the middle of a grid, over 60 days."""
    rng, (lon, lat) = random.Random(3), middle(0, 0)
    for n in range(count):
        category, text = rng.choice(list(_TEXTS.items()))
        report(
            town,
            at=town.now + rng.randrange(60) * DAY + n * timedelta(seconds=1),
            text=text[: rng.randrange(4, len(text))],
            category=category,
            by=rng.choice([Role.RESIDENT, None]),
            point=(lon + rng.uniform(-0.006, 0.006), lat + rng.uniform(-0.006, 0.006)),
        )


def beside(matter: Matter, case: Case) -> bool:
    """Tell whether a case lies in the box around a circle, or is by the same reporter."""
    if f"account:{case.reporter_id}" in matter.reporters:
        return True
    assert matter.lon is not None and matter.lat is not None
    assert case.lon is not None and case.lat is not None
    across, up = similar.reach(matter.lat, matter.radius_m)
    return abs(case.lon - matter.lon) <= across and abs(case.lat - matter.lat) <= up


def by_comparing(matter: Matter, *, leave_out: Case) -> list[tuple[float, Any]]:
    """Return score and identity of the most alike of all cases, found without the index."""
    others = [case for case in Case.objects.exclude(pk=leave_out.pk) if beside(matter, case)]
    compared = [(similar.likeness(matter, alike.matter_of(case)), case.pk) for case in others]
    best = [(-one.score, one.days, pk) for one, pk in compared if one.suggested]
    return [(-score, pk) for score, _, pk in sorted(best)[: found.MOST]]


def test_the_index_finds_what_comparing_with_every_case_finds(
    town: Town, django_assert_num_queries: Any
) -> None:
    scattered(town, 24)
    now = town.now + 61 * DAY
    sizes = set()
    for case in Case.objects.filter(reporter_id__isnull=True)[:6]:
        for matter in (
            alike.matter_of(case),
            replace(alike.matter_of(case), radius_m=MAX_RADIUS_M),
        ):
            with django_assert_num_queries(1):
                rows = found.found_like(matter, now=now, leave_out=case.pk)
            listed = [(row.likeness.score, row.case.id) for row in rows]
            assert listed == by_comparing(matter, leave_out=case)
            sizes.add(len(listed))
    assert len(sizes) > 1


def test_of_a_crowded_cell_the_newest_are_compared(town: Town, monkeypatch: Any) -> None:
    monkeypatch.setattr(found, "PER_CELL", 3)
    numbers = [
        report(town, at=town.now + n * timedelta(minutes=1), by=None).number for n in range(5)
    ]
    case = Case.objects.get(number=numbers[0])
    rows = found.found_like(alike.matter_of(case), now=town.now + DAY, leave_out=case.pk)
    seen = Case.objects.filter(pk__in=[row.case.id for row in rows]).values_list(
        "number", flat=True
    )
    assert sorted(seen) == sorted(numbers[2:])


def test_what_was_open_too_long_is_not_compared(town: Town) -> None:
    report(town, by=None)
    case = Case.objects.get(pk=report(town, at=town.now + DAY, by=None).case_id)
    matter = alike.matter_of(case)
    assert found.found_like(matter, now=town.now + DAY, leave_out=case.pk)
    late = town.now + found.LOOK_BACK + DAY
    assert found.found_like(matter, now=late, leave_out=case.pk) == []
