"""Kinds of service, stages of the path, forms to choose from, works; limits."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onegrid.accounts.terms import Role


class ServiceKind(TextChoices):
    """Who looks after an estate today."""

    FIRM = "firm", _("property firm")
    OWN = "own", _("self-management by residents")
    TRUST = "trust", _("trust by the community")
    OLD_UNIT = "old_unit", _("the employer's old unit")
    NONE = "none", _("no service")


class PathStage(TextChoices):
    """How far an estate has come; the order is the order of the path."""

    FOUND = "found", _("found and on the register")
    SURVEY = "survey", _("needs surveyed")
    TALK = "talk", _("residents' talk held")
    FORM = "form", _("form of service chosen")
    AGREED = "agreed", _("agreed by the owners")
    CONTRACT = "contract", _("contract or rules in force")
    RUNNING = "running", _("service running")
    REVIEWED = "reviewed", _("reviewed after a year")


class Form(TextChoices):
    """What the residents may choose."""

    FIRM = "firm", _("a property firm")
    OWN = "own", _("self-management")
    TRUST = "trust", _("trust by the community")
    JOINED = "joined", _("joined with neighbouring estates")


class Deed(TextChoices):
    """What happened to an estate."""

    REGISTER = "register", _("put on the register")
    ADVANCE = "advance", _("went on")
    SKIP = "skip", _("went on, with steps left out")
    BACK = "back", _("went back")
    KEEP = "keep", _("new date or person")
    CHANGE = "change", _("entry corrected")
    REMOVE = "remove", _("taken off the register")


class About(TextChoices):
    """What a statement is about; each has its own evidence."""

    KIND = "kind", _("Kind of service today")
    COMMITTEE = "committee", _("Owners' committee")
    PARKING = "parking", _("Parking")
    CHARGING = "charging", _("Charging of bicycles and cars")
    ROADS = "roads", _("Roads and drains")
    GREENS = "greens", _("Greens")


class WorkKind(TextChoices):
    """What is built or mended."""

    ROAD = "road", _("road or drain")
    GREEN = "green", _("green")
    CHARGING = "charging", _("charging shed")
    PARKING = "parking", _("parking places")
    OTHER = "other", _("something else")


class WorkState(TextChoices):
    """How far a work has come."""

    WANTED = "wanted", _("wanted by the residents")
    DECIDED = "decided", _("decided on")
    UNDER_WAY = "under_way", _("work under way")
    DONE = "done", _("work finished")


#: What has to be done to come to a stage.
STEP_LABELS: dict[str, str | Promise] = {
    PathStage.SURVEY: _("Survey the needs"),
    PathStage.TALK: _("Hold the residents' talk"),
    PathStage.FORM: _("Choose the form of service"),
    PathStage.AGREED: _("Put it to the owners"),
    PathStage.CONTRACT: _("Bring contract or rules into force"),
    PathStage.RUNNING: _("Start the service"),
    PathStage.REVIEWED: _("Review after a year"),
}
#: What “yes” and “no” of the owners' committee are kept as.
COMMITTEE: dict[str, str | Promise] = {"yes": _("There is one"), "no": _("There is none")}
#: What stands on the notes of a register; each may be left empty.
NOTES = (About.PARKING, About.CHARGING, About.ROADS, About.GREENS)
#: Stages in which the estate has service again.
SERVED = (PathStage.RUNNING, PathStage.REVIEWED)

#: Who keeps the register of a community; who sees all of the county.
EDITORS = (Role.COMMUNITY_CLERK, Role.COMMUNITY_SECRETARY)
OVERSEERS = (Role.DISPATCHER, Role.SUPERVISOR)
READERS = (*EDITORS, Role.STREET_OFFICER, *OVERSEERS)
#: Who can be in charge of a step.
IN_CHARGE = (*EDITORS, Role.GRID_WORKER)

MAX_NAME = 60
MAX_ADDRESS = 200
MAX_VALUE = 200
MAX_TEXT = 2000
MAX_ROWS = 1000
OLDEST_YEAR = 1900
