"""Tables of the plans app."""

from onegrid.plans.models.adoption import Adoption, Handover
from onegrid.plans.models.draft import (
    Draft,
    DraftComment,
    DraftDecision,
    DraftEdit,
    DraftGrid,
    DraftRun,
)
from onegrid.plans.models.layers import Feature, Layer
from onegrid.plans.models.setup import SizeBand
from onegrid.plans.models.siting import Siting

__all__ = [
    "Adoption",
    "Draft",
    "DraftComment",
    "DraftDecision",
    "DraftEdit",
    "DraftGrid",
    "DraftRun",
    "Feature",
    "Handover",
    "Layer",
    "Siting",
    "SizeBand",
]
