"""The layer of a kind that counts at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from onegrid.plans.models import Feature, Layer


def counting(kind: str, on: datetime) -> Layer | None:
    """Return the newest layer of a kind that was there and not taken back at a moment."""
    found = Layer.objects.filter(Q(undone_at=None) | Q(undone_at__gt=on), kind=kind, at__lte=on)
    return found.order_by("-at", "-id").first()


def shapes_of(kind: str, on: datetime) -> list[tuple[dict[str, Any], Any]]:
    """Return attributes and shape (WKB, WGS 84) of the layer that counts; [] without one."""
    layer = counting(kind, on)
    if layer is None:
        return []
    rows = Feature.objects.filter(layer=layer).order_by("n", "id")
    return list(rows.values_list("attributes", "geom"))
