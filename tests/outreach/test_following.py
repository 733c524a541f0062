"""Following an area by e-mail: confirmed from the mailbox, left by one button (E14)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from onegrid.common.refusals import Invalid, NotFound
from onegrid.notices.models import Outbox
from onegrid.outreach import actions
from onegrid.outreach.actions import Wish
from onegrid.outreach.models import Subscription
from onegrid.outreach.terms import CONFIRM, MOST_SUBSCRIPTIONS
from tests.county import Town
from tests.outreach.test_publishing import PAGE, answered, published

SITE = "http://county.example"


def wish(town: Town, area: str = "C1", email: str = "Wang@Example.cn", category: str = "") -> Wish:
    return Wish(email, town.areas.get(area), category, "zh-hans", SITE)


def token(template: str, name: str = "link") -> str:
    """Return the token of the last e-mail of a kind."""
    sent = Outbox.objects.filter(template=template).latest("at", "id")
    found = re.fullmatch(rf"{SITE}/published/follow/\w+/([^/]+)/", sent.params[name])
    assert found is not None
    return found.group(1)


def following(town: Town, **more: str) -> None:
    actions.follow(wish=wish(town, **more), now=town.now)
    actions.confirm(token=token("follow_confirm"), now=town.now)


def news(town: Town) -> list[str]:
    actions.tell_followers(now=town.now + timedelta(minutes=5), limit=10)
    return list(Outbox.objects.filter(template="follow_news").values_list("recipient", flat=True))


def test_e14_nothing_is_sent_before_the_address_is_confirmed(town: Town) -> None:
    actions.follow(wish=wish(town), now=town.now)
    published(town, answered(town))
    assert news(town) == []
    assert Outbox.objects.get(template="follow_confirm").recipient == "wang@example.cn"


def test_e14_a_confirmed_address_hears_of_its_area_once(town: Town) -> None:
    following(town)
    following(town, area="")
    case = answered(town)
    published(town, case)
    assert news(town) == ["wang@example.cn"], "two subscriptions of one address, one e-mail"
    sent = Outbox.objects.get(template="follow_news")
    assert sent.params["title"] == PAGE.title and "/published/" in sent.params["link"]
    published(town, case, at=timedelta(hours=1))
    assert len(news(town)) == 1, "a new edition is no news"


@pytest.mark.parametrize(
    ("area", "category", "hears"),
    [("C1", "", True), ("S1", "", True), ("", "", True), ("C2", "", False),
     ("C1", "water.leak", True), ("C1", "water", True), ("C1", "lighting", False)],
)  # fmt: skip
def test_e14_area_and_category_say_what_is_heard(
    town: Town, area: str, category: str, hears: bool
) -> None:
    from onegrid.cases import reference

    if category and reference.category_by_code(category) is None:
        category = next(
            row.code
            for row in reference.categories.get().values()
            if not row.code.startswith("water")
        )
    following(town, area=area, category=category)
    published(town, answered(town))
    assert bool(news(town)) is hears


def test_e14_one_button_leaves_and_pressing_it_again_does_no_harm(town: Town) -> None:
    following(town)
    published(town, answered(town))
    assert news(town)
    away = token("follow_news", "leave")
    actions.leave(token=away)
    actions.leave(token=away)
    assert Subscription.objects.count() == 0


def test_e14_wrong_and_old_links_change_nothing(town: Town) -> None:
    actions.follow(wish=wish(town), now=town.now)
    good = token("follow_confirm")
    for bad in ("", "x", good[:-1], good.replace(".", "-")):
        with pytest.raises(NotFound):
            actions.confirm(token=bad, now=town.now)
    with pytest.raises(NotFound):
        actions.leave(token=good)
    with pytest.raises(NotFound):
        actions.confirm(token=good, now=town.now + CONFIRM + timedelta(seconds=1))
    assert Subscription.objects.get().confirmed_at is None
    assert actions.forget_unconfirmed(now=town.now + CONFIRM + timedelta(seconds=1)) == 1


def test_e14_bad_wishes_name_their_field(town: Town) -> None:
    for bad, field in (
        (wish(town, email="nobody"), "email"),
        (wish(town, category="no.such"), "category"),
        (wish(town, area="G11"), "area"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.follow(wish=bad, now=town.now)
        assert refused.value.field == field
    assert Subscription.objects.count() == 0


def test_e14_asking_twice_says_nothing_about_who_follows(town: Town) -> None:
    following(town)
    actions.follow(wish=wish(town), now=town.now + timedelta(hours=1))
    assert Outbox.objects.filter(template="follow_confirm").count() == 1
    assert Subscription.objects.count() == 1


def test_e14_one_address_follows_a_limited_number_of_areas(town: Town) -> None:
    for number in range(MOST_SUBSCRIPTIONS):
        Subscription.objects.create(
            email="wang@example.cn", language="zh-hans", site=f"{SITE}{number}", asked_at=town.now,
            area_id=None, category_id=_category(number),
        )  # fmt: skip
    with pytest.raises(Invalid, match=r"follow\.too_many"):
        actions.follow(wish=wish(town), now=town.now)


def _category(number: int) -> object:
    from onegrid.cases import reference

    return list(reference.categories.get())[number]
