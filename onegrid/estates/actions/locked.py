"""What every deed begins with: the estate, locked, and the checks of days, people and words."""

from __future__ import annotations

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from onegrid.cases.actions import Doing
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound, TooLarge
from onegrid.common.tenancy.models import TenantModel
from onegrid.estates import standing
from onegrid.estates.models import Estate
from onegrid.estates.queries.people import candidates
from onegrid.estates.terms import MAX_TEXT

M = TypeVar("M", bound=TenantModel)


def to_change(estate_id: UUID, doing: Doing) -> Estate:
    """Return an estate of the viewer's own community, locked.

    Raises:
        NotFound: no such estate, or out of the viewer's scope: the same answer.
        Forbidden: the viewer only reads.
    """
    found = Estate.objects.select_for_update(of=("self",)).filter(standing.visible(doing.viewer))
    row = found.filter(pk=estate_id).first()
    if row is None:
        raise NotFound("estate.not_found")
    if not standing.may_edit(doing.viewer, row.community_id):
        raise Forbidden("estate.only_community")
    return row


def done_before(model: type[M], doing: Doing, **same: object) -> M | None:
    """Return the row that this key has written before; rows have their key as id.

    Raises:
        Conflict: the key wrote something else.
    """
    row = model.objects.filter(pk=doing.key).first()
    if row is not None and any(getattr(row, name) != value for name, value in same.items()):
        raise Conflict("case.key_used", field="key")
    return row


def insert(row: TenantModel) -> None:
    """Write a row whose id is a key.

    Raises:
        Conflict: the key was used by somebody else meanwhile.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "_pkey" not in str(error):
            raise
        raise Conflict("case.key_used", field="key") from error


def today(doing: Doing) -> date:
    """Return the day of the county on which somebody acts."""
    return localtime(doing.now).date()


def past(day: date, doing: Doing, *, field: str) -> date:
    """Return a day that has come.

    Raises:
        Invalid: it lies ahead.
    """
    if day > today(doing):
        raise Invalid("estate.day_ahead", field=field)
    return day


def short(typed: str, most: int, *, field: str, needed: str = "") -> str:
    """Return one line of words.

    Args:
        needed: what is said when there are none; empty: they may be left out.

    Raises:
        Invalid, TooLarge: none, or too many.
    """
    words = " ".join(typed.split())
    if needed and not words:
        raise Invalid(needed, field=field)
    if len(words) > most:
        raise TooLarge("estate.too_long", field=field, most=most)
    return words


def long(typed: str, *, field: str) -> str:
    """Return a text of several lines.

    Raises:
        TooLarge: too many characters.
    """
    if len(typed) > MAX_TEXT:
        raise TooLarge("estate.too_long", field=field, most=MAX_TEXT)
    return typed.strip()


def in_charge(person_id: UUID | None, community_id: UUID, doing: Doing) -> tuple[UUID | None, str]:
    """Return id and name of a person of the community who takes a step on.

    Raises:
        Invalid: nobody was chosen, or somebody from elsewhere; imports may name nobody.
    """
    if person_id is None and doing.viewer.is_system:
        return None, ""
    people = candidates(community_id, doing.now)
    name = next((one.name for one in people if one.id == person_id), None)
    if name is None:
        raise Invalid("estate.person", field="person")
    return person_id, name
