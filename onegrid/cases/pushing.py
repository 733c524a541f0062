"""A unit's own duty is not pushed down to a community without a basis (S22).

Weifang hotline regulation Art. 24: a county may not push what its departments owe to the towns.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from onegrid.cases.models import Case
from onegrid.cases.routing import Asked, owner_of
from onegrid.common.refusals import Invalid
from onegrid.duties import queries as duties
from onegrid.duties.queries import ItemRow
from onegrid.duties.terms import ListKind
from onegrid.organisation.queries import UnitRow
from onegrid.organisation.terms import UnitKind

#: Units whose duties are not a community's.
_ABOVE = frozenset({UnitKind.DEPARTMENT, UnitKind.STREET_OFFICE})


def pushed_down(case: Case, unit: UnitRow) -> tuple[ItemRow, UnitRow] | None:
    """Return the item and its owner if giving the case to a unit pushes a duty down."""
    item = duties.item(case.item_id)
    if item is None or unit.kind != UnitKind.COMMUNITY:
        return None
    owner = owner_of(item, Asked.of(case))
    return (item, owner) if owner is not None and owner.kind in _ABOVE else None


def justified(
    case: Case, unit: UnitRow, *, by_item: str, text: str, now: datetime
) -> dict[str, object]:
    """Return what the step keeps of a duty pushed down; nothing where none is.

    Args:
        by_item: code of the community's own matter that gives it a part in this.

    Raises:
        Invalid: no matter of the community's list is cited, or no reason is given.
    """
    found = pushed_down(case, unit)
    if found is None:
        return {}
    item, owner = found
    on = localtime(now).date()
    cited = duties.item_by_code(by_item, on=on) if by_item.strip() else None
    if cited is None or cited.kind != ListKind.COMMUNITY:
        raise Invalid(
            "case.push_needs_item", field="pushed_item", item=item.title, owner=owner.name
        )
    if not text.strip():
        raise Invalid("case.push_needs_reason", field="text", owner=owner.name)
    return {
        "pushed_down": {
            "item": item.code,
            "owner": owner.name,
            "owner_id": str(owner.id),
            "by": cited.code,
        }
    }
