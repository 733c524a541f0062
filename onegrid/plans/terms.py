"""Closed lists of plans: layers, states of a draft, deeds, who may do what."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onegrid.accounts.terms import Role


class LayerKind(TextChoices):
    """What an imported layer shows (S5): the town itself, or the cells of a department."""

    BUILDINGS = "buildings", _("Buildings with households")
    COMPOUNDS = "compounds", _("Compounds")
    BARRIERS = "barriers", _("Barriers: main roads, rivers, railways")
    GRIDS = "grids", _("Today's grids")
    PARTY = "party", _("Party building")
    PUBLIC_ORDER = "public_order", _("Public order")
    URBAN_MANAGEMENT = "urban_management", _("Urban management")
    MARKET = "market", _("Market supervision")
    HEALTH = "health", _("Health")
    EMERGENCY = "emergency", _("Emergency management")
    ENVIRONMENT = "environment", _("Ecology and environment")
    CIVIL_AFFAIRS = "civil_affairs", _("Civil affairs")


#: Departments with grids of their own.
DEPARTMENTS = (
    LayerKind.PARTY,
    LayerKind.PUBLIC_ORDER,
    LayerKind.URBAN_MANAGEMENT,
    LayerKind.MARKET,
    LayerKind.HEALTH,
    LayerKind.EMERGENCY,
    LayerKind.ENVIRONMENT,
    LayerKind.CIVIL_AFFAIRS,
)

#: Layers whose outlines can be the cut that a draft starts from.
CUTS = (LayerKind.GRIDS, *DEPARTMENTS)


class Status(TextChoices):
    """How far a draft has come."""

    DRAFT = "draft", pgettext_lazy("draft of a plan", "not planned yet")
    RUNNING = "running", pgettext_lazy("draft of a plan", "is being planned")
    READY = "ready", pgettext_lazy("draft of a plan", "ready")
    SUBMITTED = "submitted", pgettext_lazy("draft of a plan", "submitted")
    AGREED = "agreed", pgettext_lazy("draft of a plan", "agreed by the street")
    APPROVED = "approved", pgettext_lazy("draft of a plan", "approved by the county")
    WITHDRAWN = "withdrawn", pgettext_lazy("draft of a plan", "withdrawn")
    ADOPTED = "adopted", pgettext_lazy("draft of a plan", "adopted")


#: States in which a plan may still be changed.
OPEN = (Status.DRAFT, Status.RUNNING, Status.READY)


class RunState(TextChoices):
    """How a run of the planner stands."""

    QUEUED = "queued", pgettext_lazy("run of the planner", "waiting")
    RUNNING = "running", pgettext_lazy("run of the planner", "running")
    DONE = "done", pgettext_lazy("run of the planner", "done")
    CANCELLED = "cancelled", pgettext_lazy("run of the planner", "ended early, the best is kept")
    FAILED = "failed", pgettext_lazy("run of the planner", "failed")


#: A run that may still bring a plan.
ALIVE = (RunState.QUEUED, RunState.RUNNING)


class EditKind(TextChoices):
    """What a hand has changed."""

    PLAN = "plan", pgettext_lazy("edit of a plan", "planned")
    PAINT = "paint", pgettext_lazy("edit of a plan", "buildings moved")
    SWAP = "swap", pgettext_lazy("edit of a plan", "buildings swapped")
    SPLIT = "split", pgettext_lazy("edit of a plan", "grid divided")
    MERGE = "merge", pgettext_lazy("edit of a plan", "grids joined")
    RENAME = "rename", pgettext_lazy("edit of a plan", "renamed")
    UNDO = "undo", pgettext_lazy("edit of a plan", "undone")
    REDO = "redo", pgettext_lazy("edit of a plan", "done again")


class Deed(TextChoices):
    """A step of a draft towards adoption."""

    SUBMIT = "submit", pgettext_lazy("deed on a plan", "submitted")
    AGREE = "agree", pgettext_lazy("deed on a plan", "agreed by the street")
    APPROVE = "approve", pgettext_lazy("deed on a plan", "approved by the county")
    SEND_BACK = "send_back", pgettext_lazy("deed on a plan", "sent back")
    WITHDRAW = "withdraw", pgettext_lazy("deed on a plan", "withdrawn")
    ADOPT = "adopt", pgettext_lazy("deed on a plan", "adopted")
    REVOKE = "revoke", pgettext_lazy("deed on a plan", "adoption revoked")


class Purpose(TextChoices):
    """What shall stand at a site."""

    STATION = "station", _("Service station")
    SHED = "shed", _("Charging shed")


class Aim(TextChoices):
    """What a choice of sites is good at."""

    WALK = "walk", _("So many sites, with the shortest walks")
    COVER = "cover", _("So many sites, with the most households within reach")
    FEWEST = "fewest", _("The fewest sites with everybody within reach")


class BandLevel(TextChoices):
    """Whose households a band counts."""

    GRID = "grid", _("Grid")
    COMMUNITY = "community", _("Community")


#: Who makes and edits drafts; a street officer within the own street.
PLANNERS = (Role.STREET_OFFICER, Role.DISPATCHER, Role.SUPERVISOR)
#: Who agrees for a street.
STREET_LEVEL = (Role.STREET_OFFICER,)
#: Who approves and adopts for the county.
COUNTY_LEVEL = (Role.SUPERVISOR,)
#: Who may read drafts and say what a community thinks.
COMMUNITY_LEVEL = (Role.COMMUNITY_SECRETARY, Role.COMMUNITY_CLERK)

#: Households of a grid and of a community where the county has set nothing.
USUAL_BAND = {BandLevel.GRID: (300, 500), BandLevel.COMMUNITY: (3000, 5000)}
#: Seconds that a run improves the plan unless asked otherwise, and the most.
USUAL_SECONDS, MOST_SECONDS = 60, 900
#: A run that has not been heard of for so many seconds was interrupted and is taken up again.
LOST_AFTER = 30
#: So often at most; then it has failed.
MOST_AGAIN = 3
MAX_REASON = 500
MAX_NAME = 60
