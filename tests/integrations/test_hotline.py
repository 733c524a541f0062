"""The hotline's port against its twin, over a socket: the contract both sides keep (S26)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from onegrid.cases.models import Case
from onegrid.exchange.ports import Access, Outcome, Parcel
from onegrid.integrations.hotline12345 import adapter, schema, signing
from onegrid.integrations.hotline12345.demo.book import Book
from onegrid.integrations.hotline12345.demo.gate import Gate
from onegrid.integrations.hotline12345.demo.hotline import _reaction
from onegrid.integrations.outgoing import Outgoing
from tests.county import Town
from tests.hotline import KEY, ORDER, SECRET, RunningHotline, message, running_hotline, set_up

ENTRY = "/exchange/hotline/v1/messages"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[RunningHotline]:
    with running_hotline(tmp_path / "hotline.sqlite3") as running:
        running.hotline.new_order("W1", ORDER)
        yield running


def parcel(seq: int = 1, kind: str = "received", **body: Any) -> Parcel:
    stand = {"state": "received", "unit": "", "due_at": None}
    return Parcel(
        system="hotline12345",
        external_id="W1",
        message_id=f"message-{seq}",
        kind=kind,
        seq=seq,
        at=now(),
        number="370725-20260302-0001-1",
        body={**stand, **body},
    )


def test_s26_a_message_is_carried_and_kept(twin: RunningHotline) -> None:
    answer = twin.carrier.carry(parcel(), twin.access, now=now())
    assert (answer.outcome, answer.status) == (Outcome.ACCEPTED, 200)
    (order,) = twin.hotline.book.orders()
    assert (order.state, order.number) == ("received", "370725-20260302-0001-1")


def test_s26_the_hotline_holds_what_comes_too_early_as_we_do(twin: RunningHotline) -> None:
    twin.carrier.carry(parcel(2, "accept", state="accepted"), twin.access, now=now())
    assert twin.states() == {"W1": "sent"}
    twin.carrier.carry(parcel(1), twin.access, now=now())
    assert twin.states() == {"W1": "accepted"}


@pytest.mark.parametrize("fault", ["lost", "error500"])
def test_s26_a_lost_or_failed_answer_means_once_more_and_nothing_doubles(
    twin: RunningHotline, fault: str
) -> None:
    twin.hotline.faults.order(rate=None, seed=None, names=[fault])
    one = parcel()
    assert twin.carrier.carry(one, twin.access, now=now()).outcome is Outcome.LATER
    assert twin.carrier.carry(one, twin.access, now=now()).outcome is Outcome.ACCEPTED
    assert twin.hotline.book.orders()[0].in_seq == 1


def test_s26_a_late_answer_is_no_answer(twin: RunningHotline) -> None:
    twin.hotline.faults.seconds = 1.0
    twin.hotline.faults.order(rate=None, seed=None, names=["late"])
    hasty = adapter.HotlineCarrier(Outgoing(("127.0.0.1",), timeout=httpx.Timeout(0.2)))
    assert hasty.carry(parcel(), twin.access, now=now()).outcome is Outcome.LATER


def test_s26_a_void_message_is_named_by_the_next(twin: RunningHotline) -> None:
    after = replace(parcel(3, "accept", state="accepted"), supersedes=2)
    assert twin.carrier.carry(after, twin.access, now=now()).outcome is Outcome.ACCEPTED
    assert twin.states() == {"W1": "accepted"}


def test_s26_another_key_or_clock_gets_nothing_through(twin: RunningHotline) -> None:
    wrong = Access(twin.url, KEY, "another secret of the same size")
    assert twin.carrier.carry(parcel(), wrong, now=now()).error.startswith("401")
    late = twin.carrier.carry(parcel(), twin.access, now=now() - timedelta(minutes=6))
    assert late.outcome is Outcome.LATER
    assert twin.states() == {"W1": "sent"}


def test_s26_a_message_of_ours_that_breaks_the_schema_never_leaves(twin: RunningHotline) -> None:
    answer = twin.carrier.carry(parcel(state="lost"), twin.access, now=now())
    assert (answer.outcome, answer.error) == (Outcome.NEVER, "schema body.state enum")
    assert twin.states() == {"W1": "sent"}


def test_s26_an_unknown_order_is_asked_again_because_orders_may_come_late(
    twin: RunningHotline,
) -> None:
    answer = twin.carrier.carry(replace(parcel(), external_id="W2"), twin.access, now=now())
    assert (answer.outcome, answer.error) == (Outcome.LATER, "404 hotline.unknown_order")


def test_s26_nothing_set_up_or_nobody_there_means_later(twin: RunningHotline) -> None:
    assert twin.carrier.carry(parcel(), None, now=now()).error == "not_set_up"
    dead = Access("http://127.0.0.1:9/v1", KEY, SECRET)
    assert twin.carrier.carry(parcel(), dead, now=now()).outcome is Outcome.LATER
    inside = Access("http://10.0.0.1/v1", KEY, SECRET)
    assert twin.carrier.carry(parcel(), inside, now=now()).error == "address url"


def test_s26_the_staff_of_the_hotline_calls_back_after_a_result() -> None:
    said = _reaction({**message("W1", 5, "finish", {}), "body": {}})
    assert said is not None and said[0] == "callback"
    schema.check("body-callback", said[1])


def test_a_killed_twin_goes_on_where_it_was(tmp_path: Path) -> None:
    with running_hotline(tmp_path / "h.sqlite3") as running:
        running.hotline.new_order("W1", ORDER)
    again = Book(tmp_path / "h.sqlite3")
    assert [row.order_id for row in again.due(10)] == ["W1"]
    again.close()


# -- the county's entry ---------------------------------------------------------------------------


def post(client: Client, body: bytes, headers: dict[str, str] | None = None) -> Any:
    given = Gate(KEY, SECRET).headers(ENTRY, body) if headers is None else headers
    given = {name: value for name, value in given.items() if name != "Content-Type"}
    return client.post(ENTRY, data=body, content_type="application/json", headers=given)


def encoded(*args: Any, **more: Any) -> bytes:
    return json.dumps(message(*args, **more), ensure_ascii=False).encode()


def test_s26_a_signed_order_becomes_a_case_and_the_answer_names_it(
    town: Town, client: Client
) -> None:
    set_up(town.now)
    body = encoded("W1", 1, "order")
    first, second = post(client, body), post(client, body)
    case = Case.objects.get()
    assert first.json() == {"outcome": "applied", "again": False, "number": case.number}
    assert second.json() == {"outcome": "applied", "again": True, "number": case.number}
    schema.check("answer", first.json())


def test_s26_the_entry_takes_only_what_the_hotline_signed(town: Town, client: Client) -> None:
    body = encoded("W1", 1, "order")
    assert post(client, body).json()["code"] == "exchange.not_set_up"
    set_up(town.now)
    good = Gate(KEY, SECRET).headers(ENTRY, body)
    for change in (
        {signing.SIGNATURE: "0" * 64},
        {signing.KEY: "other"},
        {signing.TIME: str(int(now().timestamp()) - 301)},
        {signing.NONCE: "short"},
        {signing.NONCE: "x" * 20},
    ):
        refused = post(client, body, {**good, **change})
        assert (refused.status_code, refused.json()["code"]) == (401, "exchange.signature")
    assert post(client, body + b" ", good).status_code == 401
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seq": 0}, "seq"),
        ({"kind": "dance"}, "kind"),
        ({"extra": 1}, "message"),
        ({"sent_at": "2026-03-02T09:00:00"}, "sent_at"),
        ({"sent_at": "yesterday"}, "sent_at"),
        ({"body": {}}, "body.text"),
        ({"body": {**ORDER, "kind": "rumour"}}, "body.kind"),
        ({"body": {**ORDER, "place": {"lon": 118.8}}}, "body.place"),
        ({"version": 2}, "version"),
    ],
)
def test_s26_what_does_not_fit_is_refused_by_field_and_keeps_nothing(
    town: Town, client: Client, change: dict[str, Any], field: str
) -> None:
    set_up(town.now)
    refused = post(client, json.dumps({**message("W1", 1, "order"), **change}).encode())
    assert refused.status_code == 422
    assert (refused.json()["code"], refused.json()["field"]) == ("exchange.schema", field)
    assert Case.objects.count() == 0


def test_s26_the_entry_is_limited_per_key(town: Town, client: Client, settings: Any) -> None:
    from onegrid.api.hotline import throttle

    set_up(town.now)
    settings.EXCHANGE_PER_MINUTE = 2
    throttle.clear()
    answers = [post(client, encoded(f"W{n}", 1, "order")).status_code for n in range(4)]
    throttle.clear()
    assert answers[:2] == [200, 200] and 429 in answers


def test_s26_what_is_no_json_or_too_long_is_refused(town: Town, client: Client) -> None:
    set_up(town.now)
    assert post(client, b"{").status_code == 422
    assert post(client, b"x" * 300_000).status_code == 413
    assert client.get(ENTRY).status_code == 405


def test_every_schema_is_published_and_sound(town: Town, client: Client) -> None:
    from jsonschema import Draft202012Validator

    names = schema.names()
    assert len(names) == 16
    for name in names:
        shown = client.get(f"/exchange/hotline/v1/schemas/{name}.json")
        assert shown.headers["Content-Type"].startswith("application/schema+json")
        Draft202012Validator.check_schema(shown.json())
    assert client.get("/exchange/hotline/v1/schemas/nothing.json").status_code == 404


def test_product_and_twin_sign_alike() -> None:
    body, moment = b'{"a":1}', now()
    ours = signing.headers(
        key_id=KEY, secret=SECRET, method="POST", path="/v1/messages", body=body,
        nonce="n" * 20, now=moment,
    )  # fmt: skip
    Gate(KEY, SECRET).check(
        "/v1/messages", {name.lower(): value for name, value in ours.items()}, body
    )


def test_secrets_do_not_show() -> None:
    assert SECRET not in repr(Access("u", KEY, SECRET)) + repr(Gate(KEY, SECRET))
    assert "王女士" not in repr(parcel(text="王女士"))
