"""Where cases came from, for counting the work of a place; nobody is named."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onegrid.cases.models import Case
from onegrid.cases.terms import VOID


def places_opened(
    *, since: datetime, until: datetime
) -> tuple[tuple[UUID | None, float, float], ...]:
    """Return building (if named) and point (WGS 84 degrees) of cases opened in a span.

    Archived ones count too.
    """
    found = Case.objects.filter(
        opened_at__gte=since, opened_at__lt=until, lon__isnull=False
    ).exclude(batch__startswith=VOID)
    rows = found.values_list("building_id", "lon", "lat")
    return tuple(
        (building, lon, lat) for building, lon, lat in rows if lon is not None and lat is not None
    )
