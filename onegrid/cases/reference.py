"""The county's categories and promised times, kept in memory for a few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from onegrid.cases.models import Category, Rung, SlaPolicy, WatchRule
from onegrid.common.tenant_cache import TenantCache
from onegrid.core.oversight import Fact, Rule


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category as the forms and rules need it."""

    id: UUID
    code: str
    name: str
    name_en: str
    parent_id: UUID | None
    default_class: str
    default_unit_id: UUID | None
    icon: str
    words: tuple[str, ...]
    #: code of the first-level category above, or its own
    family: str
    radius_m: int
    personal: bool

    def label(self, language: str) -> str:
        """Return the name in a language; Chinese unless English is asked for."""
        return self.name_en if language.startswith("en") else self.name


#: How far apart two requests may be one matter where the county has said nothing.
USUAL_RADIUS_M = 150


def _load_categories() -> dict[UUID, CategoryRow]:
    rows = list(Category.objects.filter(is_active=True).order_by("position", "code"))
    above = {row.id: row for row in Category.objects.filter(parent__isnull=True)}
    families = {row.id: above.get(row.parent_id or row.id, row) for row in rows}
    return {
        row.id: CategoryRow(
            id=row.id,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            parent_id=row.parent_id,
            default_class=row.default_class,
            default_unit_id=row.default_unit_id,
            icon=row.icon,
            words=tuple(row.words),
            family=families[row.id].code,
            radius_m=families[row.id].radius_m or USUAL_RADIUS_M,
            personal=row.personal or families[row.id].personal,
        )
        for row in rows
    }


categories: TenantCache[dict[UUID, CategoryRow]] = TenantCache(_load_categories)
policies: TenantCache[list[SlaPolicy]] = TenantCache(
    lambda: list(SlaPolicy.objects.order_by("valid_from"))
)


def _load_rules() -> tuple[Rule, ...]:
    rows = WatchRule.objects.order_by("trigger", "code", "valid_from")
    return tuple(
        Rule(
            code=row.code,
            trigger=row.trigger,
            kind=row.kind,
            fact=Fact(row.fact),
            at_least=row.at_least,
            reply_days=row.reply_days,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            basis=row.basis,
        )
        for row in rows
    )


watch_rules: TenantCache[tuple[Rule, ...]] = TenantCache(_load_rules)
#: The rungs of the ladder that hold, lowest first.
ladder: TenantCache[tuple[Rung, ...]] = TenantCache(
    lambda: tuple(Rung.objects.filter(until__isnull=True).order_by("percent"))
)


def rungs_of(clock: str) -> tuple[Rung, ...]:
    """Return the rungs that a clock climbs, lowest first."""
    return tuple(rung for rung in ladder.get() if clock in rung.clocks)


def category_by_code(code: str) -> CategoryRow | None:
    """Return an active category by its code."""
    return next((row for row in categories.get().values() if row.code == code), None)
