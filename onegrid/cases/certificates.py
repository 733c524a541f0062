"""Requests for abolished certificates: recognised at filing, answered with what to use instead."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from onegrid.cases.models import Case, CertificateAsk
from onegrid.core.triage import words_in
from onegrid.duties import queries as duties
from onegrid.duties.queries import ItemRow
from onegrid.organisation.queries import units

MAX_OUTSIDE = 60


def recognise(case: Case, *, now: datetime) -> tuple[ItemRow, ...]:
    """Write down which abolished certificates a new case asks for, and the unit it names."""
    text = f"{case.title}\n{case.text}"
    found = duties.certificates_in(text, on=localtime(now).date())
    if found:
        named = next((unit for unit in units().values() if words_in(text, _names(unit.name))), None)
        CertificateAsk.objects.bulk_create(
            CertificateAsk(
                case_id=case.pk, item_id=item.id, at=now, unit_id=named.id if named else None
            )
            for item in found
        )
    return found


def _names(name: str) -> tuple[str, ...]:
    """Return how people write a unit: in full, and without the county in front."""
    short = name.removeprefix("县")
    return (name, short) if len(short) > 2 else (name,)


def asked_in(case: Case) -> tuple[ItemRow, ...]:
    """Return the abolished certificates that a case asks for."""
    rows = CertificateAsk.objects.filter(case_id=case.pk).order_by("item__code")
    found = (duties.item(pk) for pk in rows.values_list("item_id", flat=True))
    return tuple(item for item in found if item is not None)


def prepared(items: tuple[ItemRow, ...], *, language: str) -> str:
    """Return the answer that says what to use instead, in the reporter's language."""
    with override(language):
        plain = _(
            "“%(certificate)s” was abolished (%(basis)s); nobody may ask you for it. "
            "Instead: %(instead)s"
        )
        lines = [
            plain % {"certificate": item.title, "basis": item.basis, "instead": item.instead}
            for item in items
        ]
    return "\n".join(lines)
