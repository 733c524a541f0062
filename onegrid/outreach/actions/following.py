"""Follow an area by e-mail: asked for on the site, confirmed by mail, left by one button."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext, override

from onegrid.cases import reference
from onegrid.common.ids import uuid7
from onegrid.common.refusals import Invalid, NotFound
from onegrid.grids.queries import area, area_names
from onegrid.grids.terms import AreaLevel
from onegrid.notices import actions as notices
from onegrid.outreach.actions.asking import checked_email
from onegrid.outreach.models import PublicCase, Subscription
from onegrid.outreach.terms import (
    CASE_PATH,
    CONFIRM,
    CONFIRM_PATH,
    LEAVE_PATH,
    MOST_SUBSCRIPTIONS,
)

_FOLLOWED = frozenset({AreaLevel.STREET, AreaLevel.COMMUNITY})


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to hear of what.

    Attributes:
        area_id: a street or community; None: the whole county.
        category: code; empty: everything.
        site: address of the site, without a path; links in e-mails lead there.
    """

    email: str
    area_id: UUID | None
    category: str
    language: str
    site: str


def follow(*, wish: Wish, now: datetime) -> None:
    """Send the e-mail that asks for confirmation; nothing else is sent before it is confirmed.

    Whether an address follows already is not said to whoever typed it.

    Raises:
        Invalid: no e-mail address, or an unknown area or category.
    """
    email = checked_email(wish.email.strip(), "follow.email", field="email")
    category_id = _category_id(wish.category)
    if wish.area_id is not None:
        _check_area(wish.area_id)
    same = {"email": email, "area_id": wish.area_id, "category_id": category_id}
    row = Subscription.objects.filter(**same).first()
    if row is not None and row.confirmed_at is not None:
        return
    if row is None:
        if Subscription.objects.filter(email=email).count() >= MOST_SUBSCRIPTIONS:
            raise Invalid("follow.too_many", field="email", most=MOST_SUBSCRIPTIONS)
        row = Subscription(id=uuid7(), **same)
    row.language, row.site, row.asked_at = wish.language, wish.site, now
    row.save()
    link = row.site + CONFIRM_PATH.format(_signed(row, "confirm"))
    _mail(row, "follow_confirm", now, at=now, link=link, what=_what(row))


def confirm(*, token: str, now: datetime) -> str:
    """Let a subscription count and return what it is about.

    Raises:
        NotFound: the link is wrong, has run out, or was left since.
    """
    row = _row(token, "confirm")
    if row is None or (row.confirmed_at is None and now > row.asked_at + CONFIRM):
        raise NotFound("follow.link")
    if row.confirmed_at is None:
        row.confirmed_at = now
        row.save(update_fields=["confirmed_at"])
    return _what(row)


def leave(*, token: str) -> None:
    """Remove a subscription; once removed, again does nothing.

    Raises:
        NotFound: the link is wrong.
    """
    row = _row(token, "leave")
    if row is not None:
        row.delete()


def forget_unconfirmed(*, now: datetime) -> int:
    """Remove addresses that were never confirmed; return how many."""
    old = Subscription.objects.filter(confirmed_at__isnull=True, asked_at__lt=now - CONFIRM)
    return old.delete()[0]


def tell_followers(*, now: datetime, limit: int) -> int:
    """Queue e-mails about what was published and nobody was told of; return how many cases."""
    waiting = PublicCase.objects.select_for_update(skip_locked=True).filter(
        shown=True, told_at__isnull=True
    )
    rows = list(waiting.order_by("first_at", "id")[:limit])
    for row in rows:
        for follower in _followers(row):
            _tell(follower, row, now)
        row.told_at = now
        row.save(update_fields=["told_at"])
    return len(rows)


def _followers(row: PublicCase) -> list[Subscription]:
    category = reference.categories.get().get(row.category_id) if row.category_id else None
    wanted = [row.category_id, category.parent_id if category else None]
    areas = [one for one in (row.community_id, row.street_id) if one]
    found = Subscription.objects.filter(
        Q(area_id__isnull=True) | Q(area_id__in=areas),
        Q(category_id__isnull=True) | Q(category_id__in=[one for one in wanted if one]),
        confirmed_at__isnull=False,
    )
    first = {one.email: one for one in found.order_by("-asked_at")}
    return list(first.values())


def _tell(follower: Subscription, row: PublicCase, now: datetime) -> None:
    link = follower.site + CASE_PATH.format(row.pk)
    away = follower.site + LEAVE_PATH.format(_signed(follower, "leave"))
    words = {"what": _what(follower), "title": row.title, "link": link, "leave": away}
    _mail(follower, "follow_news", now, at=row.first_at, row=str(row.pk), **words)


def _mail(
    follower: Subscription,
    template: str,
    now: datetime,
    *,
    at: datetime,
    row: str = "",
    **words: str,
) -> None:
    moment = localtime(at).strftime("%Y%m%d%H%M")
    notices.queue(
        channel="email",
        recipient=follower.email,
        template=template,
        params=words,
        language=follower.language,
        dedupe_key=f"{follower.pk}:{template}:{row or moment}",
        now=now,
        expires_at=now + CONFIRM,
    )


def _category_id(code: str) -> UUID | None:
    if not code:
        return None
    row = reference.category_by_code(code)
    if row is None:
        raise Invalid("follow.category", field="category")
    return row.id


def _check_area(area_id: UUID) -> None:
    try:
        known = area(area_id=area_id).level in _FOLLOWED
    except NotFound as error:
        raise Invalid("follow.area", field="area") from error
    if not known:
        raise Invalid("follow.area", field="area")


def _what(row: Subscription) -> str:
    """Name what a subscription is about, in its language."""
    category = reference.categories.get().get(row.category_id) if row.category_id else None
    with override(row.language):
        place = area_names().get(row.area_id, "") if row.area_id else gettext("the whole county")
    return f"{place} · {category.label(row.language)}" if category else place


def _signer(purpose: str) -> Signer:
    return Signer(sep=".", salt=f"onegrid.outreach.{purpose}")


def _signed(row: Subscription, purpose: str) -> str:
    return _signer(purpose).sign(row.pk.hex)


def _row(token: str, purpose: str) -> Subscription | None:
    try:
        pk = UUID(_signer(purpose).unsign(token))
    except (BadSignature, ValueError) as error:
        raise NotFound("follow.link") from error
    return Subscription.objects.filter(pk=pk).first()
