"""Pages of outreach: answer by link, what is public, feed, following by e-mail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from defusedxml.ElementTree import fromstring
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from onegrid.accounts.terms import Role
from onegrid.cases.models import Attachment, Case, Step
from onegrid.core.flow import Action
from onegrid.notices.models import Outbox
from onegrid.outreach import terms
from onegrid.outreach.models import PartyRequest, PublicCase, Subscription
from tests.county import Town
from tests.outreach.test_following import following, token
from tests.outreach.test_publishing import PAGE, answered, published
from tests.web.staff import browser, forward, photo, post, travel, words

LATER = timedelta(hours=1)


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> None:
    cache.clear()


@pytest.fixture
def case(town: Town) -> Case:
    return forward(town, until="triage", phone="13900000002")


def ask(town: Town, case: Case, **more: str) -> Any:
    wish = {
        "whom": "other",
        "to_whom": "和平物业",
        "way": "link",
        "question": "总阀在哪？",
        "days": "7",
    }
    with travel(town.now + LATER):
        return post(browser(town, Role.COMMUNITY_CLERK), case.number, "ask_party", **(wish | more))


def link_of(town: Town, case: Case) -> str:
    """Return the link that the desk shows once."""
    clerk = browser(town, Role.COMMUNITY_CLERK)
    with travel(town.now + LATER):
        wish = {
            "whom": "other",
            "to_whom": "和平物业",
            "way": "link",
            "question": "总阀在哪？",
            "days": "7",
        }
        sent = post(clerk, case.number, "ask_party", disclosed="楼道漏水", **wish)
        assert sent.status_code == 302
        page = clerk.get(sent.url).content.decode()
        found = re.search(r"http://testserver(/q/[A-Z0-9-]{19}/)", page)
        assert found is not None
        again = clerk.get(f"/desk/case/{case.number}/").content.decode()
    assert found.group(1) not in again, "the link is shown once"
    assert "和平物业" in again and "总阀在哪？" in again
    return found.group(1)


def test_a_link_of_the_desk_is_answered_without_an_account(town: Town, case: Case) -> None:
    link, nobody = link_of(town, case), Client()
    with travel(town.now + 2 * LATER):
        page = nobody.get(link)
        assert page.status_code == 200 and page["Cache-Control"] == "no-store"
        told = words(page)
        assert "总阀在哪？" in told and "楼道漏水" in told
        assert case.number not in told and case.text not in told
        form = {"key": str(uuid4()), "answer": "在一楼水井。", "name": "李经理", "photos": photo()}
        done = nobody.post(link, form)
        assert done.status_code == 200
        assert nobody.get(link).status_code == 409
    step = Step.objects.get(case_id=case.pk, action=Action.PARTY_ANSWERED)
    assert step.text == "李经理：在一楼水井。"
    assert Attachment.objects.filter(case_id=case.pk).count() == 1


def test_an_answer_without_words_keeps_what_was_typed(town: Town, case: Case) -> None:
    link = link_of(town, case)
    with travel(town.now + 2 * LATER):
        page = Client().post(link, {"key": str(uuid4()), "answer": " ", "name": "李经理"})
    assert page.status_code == 422
    assert 'value="李经理"' in page.content.decode()
    assert PartyRequest.objects.get().answered_at is None


def test_the_code_of_a_message_opens_the_question(town: Town, case: Case) -> None:
    assert ask(town, case, whom="reporter", to_whom="", way="sms").status_code == 302
    code = Outbox.objects.get(template="party_asked").params["code"]
    with travel(town.now + 2 * LATER):
        opened = Client().post("/q/", {"code": code.lower().replace("-", " ")})
        assert opened.status_code == 302 and opened.url == f"/q/{code}/"
        late = Client()
    with travel(town.now + timedelta(days=8)):
        page = late.post("/q/", {"code": code})
        assert page.status_code == 409


def test_wrong_codes_are_counted_and_then_refused(town: Town, case: Case) -> None:
    link = link_of(town, case)
    nobody = Client()
    with travel(town.now + 2 * LATER):
        for _ in range(10):
            assert nobody.post("/q/", {"code": "ABCD-EFGH-JKLM-NPQR"}).status_code == 404
        assert nobody.post("/q/", {"code": "ABCD-EFGH-JKLM-NPQR"}).status_code == 429
        assert nobody.get(link).status_code == 429, "a right link is no way around the count"


def test_a_refused_question_keeps_its_words(town: Town, case: Case) -> None:
    page = ask(town, case, way="email", recipient="nobody", disclosed="楼道漏水")
    assert page.status_code == 422
    assert "楼道漏水" in page.content.decode()
    assert PartyRequest.objects.count() == 0


def test_a_clerk_publishes_on_the_page_of_the_case(town: Town) -> None:
    case = answered(town)
    clerk = browser(town, Role.COMMUNITY_CLERK)
    with travel(town.now + LATER):
        panel = clerk.get(f"/desk/case/{case.number}/").content.decode()
        assert "■■楼道漏水" in panel
        page = {"title": "楼道漏水", "text": "楼道漏水。", "answer": "王师傅已修好。"}
        warned = post(clerk, case.number, "publish", **page)
        assert warned.status_code == 422 and PublicCase.objects.count() == 0
        sent = post(clerk, case.number, "publish", checked="1", **page)
        assert sent.status_code == 302
        row = PublicCase.objects.get()
        shown = Client().get(f"/published/{row.pk}/")
        assert shown.status_code == 200
        told = words(shown)
        assert "王师傅已修好。" in told and case.number not in told and case.address not in told
        assert f"/published/{row.pk}/" in clerk.get(f"/desk/case/{case.number}/").content.decode()
        gone = post(clerk, case.number, "take_down", reason="写错了")
        assert gone.status_code == 302
        assert Client().get(f"/published/{row.pk}/").status_code == 404


def test_the_list_is_paged_searched_and_drawn_on_a_map(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onegrid.outreach.queries.public.PAGE", 2)
    for n in range(3):
        published(town, answered(town), at=timedelta(minutes=n))
    nobody = Client()
    first, second = nobody.get("/published/"), nobody.get("/published/?page=2")
    assert first.content.count(b"data-case-id") == 2 and b"?page=2" in first.content
    assert second.content.count(b"data-case-id") == 1
    assert nobody.get("/published/?words=%E8%B7%AF%E7%81%AF").content.count(b"data-case-id") == 0
    assert nobody.get("/published/?area=nonsense&page=-1&category=x").status_code == 200
    points = nobody.get("/published/points/").json()
    assert len(points["features"]) == 3
    lon, lat = points["features"][0]["geometry"]["coordinates"]
    assert (round(lon, 3), round(lat, 3)) == (lon, lat)


def test_the_feed_is_valid_rss_of_an_area_and_category(town: Town) -> None:
    public_id = published(town, answered(town))
    nobody = Client()
    area = town.areas["C1"]
    answer = nobody.get(f"/published/feed/?area={area}&category=water")
    assert answer["Content-Type"].startswith("application/rss+xml")
    channel = fromstring(answer.content).find("channel")
    assert channel is not None
    assert {"title", "link", "description"} <= {one.tag for one in channel}
    items = channel.findall("item")
    assert [one.findtext("title") for one in items] == [PAGE.title]
    assert items[0].findtext("link") == f"http://testserver/published/{public_id}/"
    assert items[0].findtext("guid") == f"urn:uuid:{public_id}"
    other = nobody.get(f"/published/feed/?area={town.areas['C2']}")
    assert fromstring(other.content).findall("channel/item") == []
    assert nobody.get("/published/feed/?category=none").status_code == 404
    assert nobody.get(f"/published/feed/?area={uuid4()}").status_code == 404


def test_following_is_confirmed_and_left_by_a_button(town: Town) -> None:
    nobody = Client()
    with travel(town.now):
        form = {"email": "wang@example.cn", "area": str(town.areas["C1"]), "category": ""}
        assert nobody.post("/published/follow/", form).status_code == 200
        row = Subscription.objects.get()
        link = Outbox.objects.get(template="follow_confirm").params["link"]
        path = link.removeprefix("http://testserver")
        assert nobody.get(path).status_code == 200
        row.refresh_from_db()
        assert row.confirmed_at is None, "looking at the link confirms nothing"
        assert "和平社区" in words(nobody.post(path))
        row.refresh_from_db()
        assert row.confirmed_at is not None
    bad = nobody.post("/published/follow/", {**form, "email": "nobody"})
    assert bad.status_code == 422 and 'value="nobody"' in bad.content.decode()
    assert nobody.post("/published/follow/confirm/none/").status_code == 404


def test_leaving_needs_one_press(town: Town) -> None:
    from onegrid.outreach import actions

    following(town)
    published(town, answered(town))
    actions.tell_followers(now=town.now, limit=5)
    path = reverse("published:leave", args=[token("follow_news", "leave").replace("county", "")])
    nobody = Client()
    assert nobody.get(path).status_code == 200 and Subscription.objects.count() == 1
    assert nobody.post(path).status_code == 200 and Subscription.objects.count() == 0


def test_links_in_e_mails_lead_to_pages_that_exist() -> None:
    some = "00000000-0000-0000-0000-000000000002"
    assert reverse("published:case", args=[some]) == terms.CASE_PATH.format(some)
    assert reverse("published:confirm", args=["x"]) == terms.CONFIRM_PATH.format("x")
    assert reverse("published:leave", args=["x"]) == terms.LEAVE_PATH.format("x")
