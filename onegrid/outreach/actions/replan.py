"""Let those who follow an area follow the one that goes on with it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from onegrid.outreach.models import Subscription


def move_subscriptions(*, successors: Mapping[UUID, UUID]) -> int:
    """Move subscriptions to the area that goes on; one that would be there twice goes.

    Returns:
        How many subscriptions were for an area that ends.
    """
    rows = list(Subscription.objects.filter(area_id__in=successors).order_by("asked_at", "id"))
    for row in rows:
        area_id = successors[row.area_id] if row.area_id else None
        same = Q(email=row.email, area_id=area_id, category_id=row.category_id)
        if Subscription.objects.filter(same).exists():
            row.delete()
        else:
            Subscription.objects.filter(pk=row.pk).update(area_id=area_id)
    return len(rows)
