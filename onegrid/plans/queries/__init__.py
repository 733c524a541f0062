"""Read drafts, their maps, hand-overs and the bands of the county."""

from onegrid.plans.queries.bands import Offender, bands, out_of_band
from onegrid.plans.queries.drafts import compare, draft, drafts, progress, scopes
from onegrid.plans.queries.handovers import (
    HandoverRow,
    adoptions,
    candidates,
    consequences,
    handovers,
    my_handovers,
    unnamed,
)
from onegrid.plans.queries.maps import (
    draft_buildings,
    draft_outlines,
    movers,
    preview,
    today_outlines,
)
from onegrid.plans.queries.rows import (
    AdoptionRow,
    Consequences,
    DraftBuilding,
    DraftRow,
    DraftView,
    GridRow,
    Mover,
    RunRow,
    ScopeRow,
)
from onegrid.plans.queries.stories import StoryRow, stories

__all__ = [
    "AdoptionRow",
    "Consequences",
    "DraftBuilding",
    "DraftRow",
    "DraftView",
    "GridRow",
    "HandoverRow",
    "Mover",
    "Offender",
    "RunRow",
    "ScopeRow",
    "StoryRow",
    "adoptions",
    "bands",
    "candidates",
    "compare",
    "consequences",
    "draft",
    "draft_buildings",
    "draft_outlines",
    "drafts",
    "handovers",
    "movers",
    "my_handovers",
    "out_of_band",
    "preview",
    "progress",
    "scopes",
    "stories",
    "today_outlines",
    "unnamed",
]
