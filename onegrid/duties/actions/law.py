"""Write rules of law; a change of law is a new version."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from onegrid.common.refusals import Conflict, Invalid, NotFound
from onegrid.duties.models import LawRule
from onegrid.duties.queries import law
from onegrid.duties.terms import Parameter

MAX_TEXT = 1_000


def define_rule(
    *,
    regulation: str,
    article: int,
    title: str,
    text: str,
    parameter: str,
    amount: int | None,
    valid_from: date,
) -> UUID:
    """Add the first version of a rule, or return the one that stands already."""
    row, _ = LawRule.objects.get_or_create(
        regulation=regulation,
        article=article,
        parameter=parameter,
        version=1,
        defaults={"title": title, "text": text, "amount": amount, "valid_from": valid_from},
    )
    law.clear()
    return row.id


@transaction.atomic
def new_version(*, rule_id: UUID, text: str, amount: int | None, valid_from: date) -> LawRule:
    """Replace a rule from a day on; before that day, and for cases dispatched before it, the old
    one holds.

    Raises:
        NotFound: there is no such rule.
        Conflict: it was replaced before.
        Invalid: text, number or day cannot be used.
    """
    row = LawRule.objects.select_for_update().filter(pk=rule_id).first()
    if row is None:
        raise NotFound("law.unknown", field="rule")
    if row.valid_to is not None:
        raise Conflict("law.replaced", field="rule")
    _check(row, text, amount, valid_from)
    LawRule.objects.filter(pk=row.pk).update(valid_to=valid_from)
    made = LawRule.objects.create(
        regulation=row.regulation,
        article=row.article,
        version=row.version + 1,
        title=row.title,
        text=text.strip(),
        parameter=row.parameter,
        amount=amount if row.parameter else None,
        valid_from=valid_from,
    )
    law.clear()
    return made


def _check(row: LawRule, text: str, amount: int | None, valid_from: date) -> None:
    if not text.strip() or len(text) > MAX_TEXT:
        raise Invalid("law.text", field="text", most=MAX_TEXT)
    if row.parameter and (amount is None or not 0 <= amount <= 10_000):
        raise Invalid("law.amount", field="amount", name=Parameter(row.parameter).label)
    if valid_from <= row.valid_from:
        raise Invalid("law.early", field="valid_from", day=row.valid_from.isoformat())
