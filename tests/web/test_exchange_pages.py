"""Pages of the exchange: set up the hotline, map its words, web hooks, the order on a case (S26)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onegrid.accounts.terms import Role
from onegrid.cases.models import Case
from onegrid.exchange import queries
from onegrid.exchange.actions import take_in
from onegrid.exchange.models import HookTarget, Mapping, Message, Partner
from onegrid.integrations import hooks
from onegrid.integrations.hooks import HookCaller
from onegrid.integrations.outgoing import Outgoing
from tests.county import Town
from tests.hotline import ORDER, incoming, set_up
from tests.web.staff import browser

SECRET = "a-secret-of-at-least-24-characters"


@pytest.fixture
def admin(town: Town, monkeypatch: pytest.MonkeyPatch) -> Client:
    caller = HookCaller(Outgoing(look_up=lambda host, port: ["93.184.216.34"]))
    monkeypatch.setattr(hooks, "from_settings", lambda: caller)
    return browser(town, Role.SYSTEM_ADMIN)


def act(client: Client, page: str, action: str, **form: Any) -> Any:
    return client.post(f"/admin/{page}/", {"action": action, **form})


def test_s26_the_hotline_is_set_up_and_an_empty_secret_keeps_the_old(
    admin: Client, town: Town
) -> None:
    form = {"url": "https://hotline.example/v1/", "key_id": "county", "active": "1"}
    refused = act(admin, "exchange", "set_up", **form, secret="short")
    assert refused.status_code == 422 and "https://hotline.example" in refused.content.decode()
    assert act(admin, "exchange", "set_up", **form, secret=SECRET).status_code == 302
    before = queries.access_of("hotline12345")
    act(admin, "exchange", "set_up", **{**form, "key_id": "county-2"}, secret="")
    after = queries.access_of("hotline12345")
    assert before is not None and after is not None
    assert (after.url, after.key_id, after.secret) == (
        "https://hotline.example/v1",
        "county-2",
        before.secret,
    )
    page = admin.get("/admin/exchange/").content.decode()
    assert "/exchange/hotline/v1/messages" in page and SECRET not in page
    act(admin, "exchange", "set_up", url=form["url"], key_id="county-2", secret="")
    assert queries.access_of("hotline12345") is None and Partner.objects.count() == 1


def test_a_plain_address_is_refused_by_its_field(admin: Client) -> None:
    form = {"url": "http://hotline.example/", "key_id": "county", "secret": SECRET}
    refused = act(admin, "exchange", "set_up", **form)
    assert refused.status_code == 422 and 'href="#f-url"' in refused.content.decode()


def test_s26_a_word_is_mapped_changed_and_removed(admin: Client) -> None:
    word = {"kind": "category", "theirs": "0301", "their_name": "路灯", "ours": "power.light"}
    assert act(admin, "exchange", "map", **{**word, "ours": "nothing"}).status_code == 422
    act(admin, "exchange", "map", **word)
    act(admin, "exchange", "map", **{**word, "ours": "water.leak"})
    row = Mapping.objects.get()
    assert row.ours == "water.leak"
    assert "0301" in admin.get("/admin/exchange/").content.decode()
    act(admin, "exchange", "unmap", row=row.id)
    assert Mapping.objects.count() == 0


def test_what_failed_for_good_can_be_sent_again(admin: Client, town: Town) -> None:
    take_in(message=incoming("W1", 1, "order"), now=town.now)
    Message.objects.filter(kind="received").update(
        state="failed", settled_at=town.now, next_attempt_at=None, error="422"
    )
    failed = Message.objects.get(kind="received")
    assert str(failed.id) in admin.get("/admin/exchange/").content.decode()
    act(admin, "exchange", "again", message=failed.id)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("pending", 0)
    assert act(admin, "exchange", "again", message="x").status_code == 404


def test_e33_a_web_hook_is_added_tried_switched_and_removed(admin: Client) -> None:
    refused = act(admin, "hooks", "add", url="https://10.0.0.1:1:1/", events=["case.opened"])
    assert refused.status_code == 422 and HookTarget.objects.count() == 0
    nothing = act(admin, "hooks", "add", url="https://hook.example/x", events=[])
    assert nothing.status_code == 422 and "https://hook.example/x" in nothing.content.decode()
    shown = act(admin, "hooks", "add", url="https://hook.example/x", events=["case.opened"])
    target = HookTarget.objects.get()
    assert "https://hook.example/x" in shown.content.decode()
    for action in ("try", "off", "on"):
        assert act(admin, "hooks", action, target=target.id).status_code == 302
    assert "trial" in admin.get("/admin/hooks/").content.decode()
    act(admin, "hooks", "remove", target=target.id)
    assert HookTarget.objects.count() == 0


@pytest.mark.parametrize("page", ["exchange", "hooks"])
def test_only_system_administrators_open_them(town: Town, page: str) -> None:
    client = browser(town, Role.DISPATCHER)
    assert client.get(f"/admin/{page}/").status_code == 403
    assert act(client, page, "add", url="https://x.example").status_code == 403


def test_s26_the_case_shows_its_order_and_the_hotlines_deadline(town: Town) -> None:
    set_up(town.now)
    order = {**ORDER, "reply_due_at": "2026-03-03T18:00:00+08:00"}
    take_in(message=incoming("WF-77", 1, "order", order), now=town.now)
    client = browser(town, Role.DISPATCHER)
    page = client.get(f"/desk/case/{Case.objects.get().number}/").content.decode()
    assert "WF-77" in page and "18:00" in page and "路灯不亮" in page
