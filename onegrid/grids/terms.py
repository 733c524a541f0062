"""Levels of areas, coordinate systems, kinds of map layers."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AreaLevel(TextChoices):
    """From the county down to the grid."""

    COUNTY = "county", _("County")
    STREET = "street", _("Street")
    COMMUNITY = "community", _("Community")
    GRID = "grid", _("Grid")


class CoordinateSystem(TextChoices):
    """In which system a coordinate came; it is kept in WGS 84."""

    WGS84 = "wgs84", _("WGS 84 (GPS)")
    GCJ02 = "gcj02", _("GCJ-02 (Amap, Tencent)")
    BD09 = "bd09", _("BD-09 (Baidu)")


class LayerKind(TextChoices):
    """What a map layer shows."""

    ROAD = "road", _("Road")
    RAIL = "rail", _("Railway")
    WATER = "water", _("Water")
    GREEN = "green", _("Green")
