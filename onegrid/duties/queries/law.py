"""Rules of law: which hold on a day, and the numbers they set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from onegrid.common.tenant_cache import TenantCache
from onegrid.duties.models import LawRule
from onegrid.duties.terms import DEFAULTS, Parameter


@dataclass(frozen=True, slots=True)
class LawRow:
    """One version of a rule; ``valid_to`` is the first day on which it holds no more."""

    id: UUID
    regulation: str
    article: int
    version: int
    title: str
    text: str
    parameter: str
    amount: int | None
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    @property
    def label(self) -> str:
        """Name of the parameter in the reader's language."""
        return str(Parameter(self.parameter).label) if self.parameter else ""


def _load() -> tuple[LawRow, ...]:
    rows = LawRule.objects.order_by("regulation", "article", "parameter", "version")
    return tuple(LawRow(*row) for row in rows.values_list(*LawRow.__slots__))


_rules: TenantCache[tuple[LawRow, ...]] = TenantCache(_load)


def law_rules() -> tuple[LawRow, ...]:
    """Return every version of every rule, by regulation, article and version."""
    return _rules.get()


def rule_for(parameter: Parameter, *, on: date) -> LawRow | None:
    """Return the rule that sets a number on a day; None where the product's own default holds."""
    return next((row for row in _rules.get() if row.parameter == parameter and row.holds(on)), None)


def amount(parameter: Parameter, *, on: date) -> int:
    """Return a number of the law in force on a day, else the default of `terms.DEFAULTS`."""
    row = rule_for(parameter, on=on)
    return row.amount if row is not None and row.amount is not None else DEFAULTS[parameter]


def clear() -> None:
    """Forget cached rules."""
    _rules.clear()
