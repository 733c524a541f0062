"""Fields that name units: the one that is meant, and those that help it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from onegrid.cases.queries import proposed_on_return
from onegrid.organisation.queries import UnitRow, units
from onegrid.web.casework.panels.base import Field, Maker, Setting

#: Helping units that can be called in with the dispatch itself.
HELPERS = 2


def returned(setting: Setting) -> list[tuple[UnitRow, str, str]]:
    """Return the unit that an upheld return proposed, with icon and reason."""
    unit = proposed_on_return(setting.view.case)
    return [(unit, "undo-2", _("proposed with the return"))] if unit is not None else []


def unit_field(make: Maker, name: str, label: Any, *, without: str = "", **more: Any) -> Field:
    """Return a list of the units, without the one of a name."""
    choices = [(unit.id, unit.name) for unit in units().values() if unit.name != without]
    return make.field("select", name, label, choices=choices, empty=_("Choose a unit"), **more)


def helper_fields(make: Maker) -> tuple[Field, ...]:
    """Return fields for helping units that are called in with the dispatch."""
    found: list[Field] = []
    for n in range(1, HELPERS + 1):
        words = {"n": n}
        label = _("Helping unit %(n)s") % words
        found.append(unit_field(make, f"helper_{n}", label, required=False))
        task = _("Task of helping unit %(n)s") % words
        found.append(make.field("text", f"task_{n}", task, required=False, maxlength=200))
    return tuple(found)
