"""Web hooks: told through an outbox, signed, tried again, switched off when nobody takes them."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions as cases
from onegrid.common.refusals import Forbidden, Invalid, NotFound
from onegrid.exchange import actions, queries
from onegrid.exchange.actions.hooks import MOST_FAILURES
from onegrid.exchange.models import HookCall, HookTarget
from onegrid.integrations.hooks import HookCaller
from onegrid.integrations.outgoing import Outgoing
from tests.county import COUNTY, Town, doing, report


@dataclass
class Receiver:
    """A receiver that checks signatures like any other program would."""

    url: str = ""
    secret: str = ""
    status: int = 200
    got: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def take(self, headers: object, body: bytes) -> int:
        get = headers.get  # type: ignore[attr-defined]
        text = get("X-Onegrid-Time").encode() + b"." + body
        right = hmac.new(self.secret.encode(), text, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(right, get("X-Onegrid-Signature"))
        if self.status == 200:
            self.got.append((get("X-Onegrid-Call"), json.loads(body)))
        return self.status


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(made.take(self.headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def caller() -> Iterator[HookCaller]:
    outgoing = Outgoing(("127.0.0.1",))
    yield HookCaller(outgoing)
    outgoing.close()


def subscribe(town: Town, receiver: Receiver, caller: HookCaller, *events: str) -> None:
    receiver.secret = actions.add_target(
        viewer=town.viewer(Role.SYSTEM_ADMIN),
        url=receiver.url,
        events=events or ("case.opened",),
        caller=caller,
        now=town.now,
    )


def call_due(town: Town, caller: HookCaller, hours: float = 0) -> int:
    at = town.now + timedelta(hours=hours)
    return actions.call_due(tenant_id=COUNTY, now=at, caller=caller, limit=50).total()


def test_e33_events_are_told_once_and_name_nobody(
    town: Town, receiver: Receiver, caller: HookCaller
) -> None:
    subscribe(town, receiver, caller, "case.opened", "case.moved")
    receipt = report(town, phone="13800000001")
    cases.start_triage(case_id=receipt.case_id, doing=doing(town, Role.COMMUNITY_CLERK))
    call_due(town, caller)
    assert call_due(town, caller, hours=5) == 0
    assert [body["event"] for _, body in receiver.got] == ["case.opened", "case.moved"]
    text = json.dumps([body for _, body in receiver.got], ensure_ascii=False)
    assert receipt.number in text
    assert "13800000001" not in text and "漏水" not in text


def test_only_what_was_asked_for_is_told(
    town: Town, receiver: Receiver, caller: HookCaller
) -> None:
    subscribe(town, receiver, caller, "case.closed")
    report(town)
    assert HookCall.objects.count() == 0


def test_e33_a_failed_call_is_tried_again_under_the_same_id(
    town: Town, receiver: Receiver, caller: HookCaller
) -> None:
    subscribe(town, receiver, caller)
    report(town)
    receiver.status = 500
    call_due(town, caller)
    assert HookTarget.objects.get().failures == 1
    assert call_due(town, caller) == 0, "not before its pause is over"
    receiver.status = 200
    call_due(town, caller, hours=1)
    assert [call_id for call_id, _ in receiver.got] == [str(HookCall.objects.get().id)]
    assert HookTarget.objects.get().failures == 0


def test_e33_repeated_failure_switches_it_off_and_says_so(
    town: Town, receiver: Receiver, caller: HookCaller
) -> None:
    subscribe(town, receiver, caller)
    receiver.status = 503
    HookTarget.objects.update(failures=MOST_FAILURES - 1)
    report(town)
    call_due(town, caller)
    (row,) = queries.targets(town.viewer(Role.SYSTEM_ADMIN))
    assert (row.is_active, row.given_up_at) == (False, town.now)
    report(town)
    assert HookCall.objects.count() == 1, "nothing is written for it any more"
    actions.switch_target(viewer=town.viewer(Role.SYSTEM_ADMIN), target_id=row.id, on=True)
    assert queries.targets(town.viewer(Role.SYSTEM_ADMIN))[0].given_up_at is None


def test_gone_for_good_is_not_tried_again(
    town: Town, receiver: Receiver, caller: HookCaller
) -> None:
    subscribe(town, receiver, caller)
    report(town)
    receiver.status = 410
    call_due(town, caller)
    assert HookCall.objects.get().next_attempt_at is None


def test_confidential_cases_are_told_to_nobody(
    town: Town, receiver: Receiver, caller: HookCaller
) -> None:
    from uuid import uuid4

    subscribe(town, receiver, caller)
    cases.open_case(
        viewer=town.viewer(Role.RESIDENT),
        request=cases.Request(
            text="举报", place=cases.Place(address="某处"), confidential=True, kind="whistle"
        ),
        now=town.now,
        key=uuid4(),
    )
    assert HookCall.objects.count() == 0


def test_a_trial_call_shows_that_it_works(
    town: Town, receiver: Receiver, caller: HookCaller
) -> None:
    subscribe(town, receiver, caller)
    target = HookTarget.objects.get().id
    actions.try_target(viewer=town.viewer(Role.SYSTEM_ADMIN), target_id=target, now=town.now)
    call_due(town, caller)
    assert receiver.got[0][1]["event"] == "trial"
    (row,) = queries.calls(town.viewer(Role.SYSTEM_ADMIN))
    assert (row.status, row.waits) == (200, False)


def test_a_wrong_address_or_role_adds_nothing(town: Town, caller: HookCaller) -> None:
    admin = town.viewer(Role.SYSTEM_ADMIN)
    given = {"events": ("case.opened",), "caller": caller, "now": town.now}
    for url, code in (
        ("http://hook.example/", "hook.url"),
        ("https://10.0.0.1/", "hook.private"),
        ("https://nobody.invalid/", "hook.unknown_host"),
    ):
        with pytest.raises(Invalid, match=code):
            actions.add_target(viewer=admin, url=url, **given)
    with pytest.raises(Invalid, match=r"hook\.events"):
        actions.add_target(viewer=admin, url="https://a.example", **{**given, "events": ("x",)})
    with pytest.raises(Forbidden):
        actions.add_target(viewer=town.viewer(Role.DISPATCHER), url="https://a.example", **given)
    assert HookTarget.objects.count() == 0


def test_the_secret_is_sealed_and_a_removed_hook_is_gone(
    town: Town, receiver: Receiver, caller: HookCaller
) -> None:
    subscribe(town, receiver, caller)
    row = HookTarget.objects.get()
    assert receiver.secret not in row.secret
    admin = town.viewer(Role.SYSTEM_ADMIN)
    actions.remove_target(viewer=admin, target_id=row.id)
    with pytest.raises(NotFound):
        actions.remove_target(viewer=admin, target_id=row.id)
