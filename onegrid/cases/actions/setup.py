"""Write the county's categories, promised times and standard texts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from onegrid.cases import reference
from onegrid.cases.models import Category, SlaPolicy, StandardText
from onegrid.common.refusals import Invalid
from onegrid.core.clock import ClockKind


def define_category(
    *,
    code: str,
    parent_code: str,
    name: str,
    name_en: str,
    default_class: str,
    unit_id: UUID | None,
    icon: str,
    words: tuple[str, ...],
    position: int,
    radius_m: int | None = None,
    personal: bool = False,
) -> UUID:
    """Add or change a category; the code is its identity.

    Args:
        radius_m: first level: how far apart two requests may be one matter, in metres.
        personal: about one person, so that two people's matters are never one.

    Raises:
        Invalid: the parent does not exist.
    """
    parent = Category.objects.filter(code=parent_code).first() if parent_code else None
    if parent_code and parent is None:
        raise Invalid("category.no_parent", field="parent", code=parent_code)
    row, _ = Category.objects.update_or_create(
        code=code,
        defaults={
            "parent": parent,
            "name": name,
            "name_en": name_en,
            "default_class": default_class,
            "default_unit_id": unit_id,
            "icon": icon,
            "words": list(words),
            "position": position,
            "radius_m": radius_m,
            "personal": personal,
        },
    )
    reference.categories.clear()
    return row.id


def define_policy(
    *,
    clock: ClockKind,
    case_class: str,
    calendar: str,
    minutes: int | None,
    working_days: int | None,
    basis: str,
    valid_from: date,
) -> UUID:
    """Add a promised time, or return the same one if it stands already."""
    row, _ = SlaPolicy.objects.get_or_create(
        clock=clock,
        case_class=case_class,
        calendar=calendar,
        minutes=minutes,
        working_days=working_days,
        valid_from=valid_from,
        defaults={"basis": basis},
    )
    reference.policies.clear()
    return row.id


def define_text(
    *, code: str, action: str, category: str, language: str, title: str, body: str
) -> UUID:
    """Add or change a standard text.

    Raises:
        Invalid: the category does not exist.
    """
    parent = Category.objects.filter(code=category).first() if category else None
    if category and parent is None:
        raise Invalid("text.no_category", field="category", code=category)
    row, _ = StandardText.objects.update_or_create(
        code=code,
        language=language,
        defaults={"action": action, "category": parent, "title": title, "body": body},
    )
    return row.id
