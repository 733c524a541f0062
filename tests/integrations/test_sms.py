"""The SMS client against the demo twin, over a socket: the contract both sides keep."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from onegrid.integrations.sms.adapter import AliyunGateway
from onegrid.integrations.sms.catalogue import TemplateSettingWrong, codes, usual_code
from onegrid.integrations.sms.client import (
    Endpoint,
    EndpointForbidden,
    NoAnswer,
    NotSent,
    ProviderError,
    SmsClient,
)
from onegrid.integrations.sms.demo.store import Store
from onegrid.integrations.sms.signing import Credentials, canonical_query, signed_headers
from onegrid.notices.ports import Message, Outcome
from tests.twin import KEY, LOOPBACK, RunningTwin, running_twin

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PHONE = "13800000017"


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[RunningTwin]:
    with running_twin(tmp_path / "phone.jsonl", NOW) as running:
        yield running


MESSAGE = Message(
    out_id="0193-out",
    phone=PHONE,
    language="zh-hans",
    template="case_dispatched",
    params={"number": "CL26112300017", "unit": "城管 & 住建/一队~"},
)


def send(client: SmsClient, phone: str = PHONE) -> str:
    receipt = client.send_sms(
        phone=phone,
        template_code=usual_code("case_closed", "en"),
        params={"number": "CL26112300017"},
        out_id="0193-out",
        now=NOW,
    )
    return receipt.biz_id


def test_the_signature_is_that_of_the_published_example() -> None:
    query = canonical_query(
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        }
    )
    headers = signed_headers(
        credentials=Credentials("YourAccessKeyId", "YourAccessKeySecret"),
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        version="2014-05-26",
        query=query,
        nonce="3156853299f313e23d1673dc12e1703d",  # pragma: allowlist secret
        now=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
    )
    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_message_arrives_with_its_text_and_survives_a_restart(twin: RunningTwin) -> None:
    answer = twin.gateway().send(MESSAGE, now=NOW)
    assert answer.outcome is Outcome.ACCEPTED and answer.provider_id
    (text,) = twin.shown()
    assert "CL26112300017" in text and "城管 & 住建/一队~" in text and "${" not in text
    again = Store(twin.twin.provider.store._path)
    assert [sms.out_id for sms in again.newest(10)] == ["0193-out"]


def test_a_wrong_secret_is_turned_away_and_kept_for_later(twin: RunningTwin) -> None:
    wrong = Credentials(KEY.key_id, "another")
    with pytest.raises(ProviderError) as error:
        send(twin.client(credentials=wrong))
    assert (error.value.code, error.value.status) == ("SignatureDoesNotMatch", 400)
    assert twin.gateway(credentials=wrong).send(MESSAGE, now=NOW).outcome is Outcome.LATER
    assert twin.shown() == []


def test_an_unknown_access_key_is_turned_away(twin: RunningTwin) -> None:
    with pytest.raises(ProviderError) as error:
        send(twin.client(credentials=Credentials("nobody", KEY.secret)))
    assert error.value.code == "InvalidAccessKeyId.NotFound"


def test_a_replayed_nonce_is_turned_away(twin: RunningTwin) -> None:
    client = twin.client(nonce=lambda: "the-same")
    send(client)
    with pytest.raises(ProviderError) as error:
        send(client)
    assert error.value.code == "SignatureNonceUsed"
    assert len(twin.shown()) == 1


@pytest.mark.parametrize("minutes", [-16, 16])
def test_an_old_or_early_request_is_turned_away(twin: RunningTwin, minutes: int) -> None:
    answer = twin.gateway().send(MESSAGE, now=NOW + timedelta(minutes=minutes))
    assert (answer.outcome, answer.error) == (Outcome.LATER, "InvalidTimeStamp.Expired")


def test_a_changed_parameter_breaks_the_signature(twin: RunningTwin) -> None:
    query = canonical_query({"PhoneNumbers": PHONE})
    headers = signed_headers(
        credentials=KEY,
        host=f"127.0.0.1:{twin.server.server_port}",
        action="SendSms",
        version="2017-05-25",
        query=query,
        nonce="n",
        now=NOW,
    )
    forged = httpx.post(f"{twin.address}/?{query}&OutId=x", headers=headers, trust_env=False)
    assert forged.json()["Code"] == "SignatureDoesNotMatch"


def test_flow_control_means_later(twin: RunningTwin) -> None:
    twin.twin.provider = replace(twin.twin.provider, per_minute=1)
    gateway = twin.gateway()
    assert gateway.send(MESSAGE, now=NOW).outcome is Outcome.ACCEPTED
    answer = gateway.send(replace(MESSAGE, out_id="second"), now=NOW)
    assert (answer.outcome, answer.error) == (Outcome.LATER, "isv.BUSINESS_LIMIT_CONTROL")


@pytest.mark.parametrize("phone", ["12345", "1380000001x", "23800000017", ""])
def test_a_bad_number_means_never(twin: RunningTwin, phone: str) -> None:
    answer = twin.gateway().send(replace(MESSAGE, phone=phone), now=NOW)
    assert (answer.outcome, answer.error) == (Outcome.NEVER, "isv.MOBILE_NUMBER_ILLEGAL")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"number": "CL26112300017"}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"number": "1" * 36, "unit": "x"}, "isv.PARAM_LENGTH_LIMIT"),
    ],
)
def test_a_wrong_variable_means_never(twin: RunningTwin, params: dict[str, str], code: str) -> None:
    answer = twin.gateway().send(replace(MESSAGE, params=params), now=NOW)
    assert (answer.outcome, answer.error) == (Outcome.NEVER, code)


def test_a_template_that_is_not_filed_waits_for_the_operator(twin: RunningTwin) -> None:
    gateway = AliyunGateway(twin.client(), codes(["case_dispatched:en=SMS_9"]))
    assert gateway.send(MESSAGE, now=NOW).error == "template_not_filed"
    english = gateway.send(replace(MESSAGE, language="en"), now=NOW)
    assert (english.outcome, english.error) == (Outcome.LATER, "isv.SMS_TEMPLATE_ILLEGAL")


def test_s55_a_lost_reply_then_a_retry_shows_one_message(twin: RunningTwin) -> None:
    gateway = twin.gateway()
    twin.twin.order(["lost"])
    first = gateway.send(MESSAGE, now=NOW)
    assert first.outcome is Outcome.UNKNOWN
    second = gateway.send(replace(MESSAGE, unsure_since=NOW), now=NOW + timedelta(seconds=30))
    assert second.outcome is Outcome.ACCEPTED
    assert len(twin.shown()) == 1


def test_s55_a_message_that_did_not_arrive_is_sent_by_the_retry(twin: RunningTwin) -> None:
    gateway = twin.gateway()
    twin.twin.order(["error500"])
    assert gateway.send(MESSAGE, now=NOW).outcome is Outcome.UNKNOWN
    assert twin.shown() == []
    gateway.send(replace(MESSAGE, unsure_since=NOW), now=NOW)
    assert len(twin.shown()) == 1


def test_s55_the_earlier_message_is_found_behind_a_page_and_a_midnight(twin: RunningTwin) -> None:
    midnight = datetime(2026, 11, 22, 15, 59, 50, tzinfo=UTC)
    gateway = twin.gateway()
    twin.twin.clock = midnight.timestamp
    gateway.send(MESSAGE, now=midnight)
    for number in range(60):
        gateway.send(replace(MESSAGE, out_id=f"other-{number}"), now=midnight)
    later = midnight + timedelta(seconds=30)
    twin.twin.clock = later.timestamp
    answer = gateway.send(replace(MESSAGE, unsure_since=midnight), now=later)
    assert answer.outcome is Outcome.ACCEPTED
    assert len(twin.shown()) == 61


def test_s55_while_it_cannot_be_found_out_nothing_is_sent_again(twin: RunningTwin) -> None:
    wrong = twin.gateway(credentials=Credentials(KEY.key_id, "another"))
    answer = wrong.send(replace(MESSAGE, unsure_since=NOW), now=NOW)
    assert answer.outcome is Outcome.UNKNOWN


def test_a_late_answer_is_no_answer(twin: RunningTwin) -> None:
    twin.twin.order(["late:1"])
    impatient = twin.client(timeout=httpx.Timeout(0.2))
    with pytest.raises(NoAnswer):
        send(impatient)


def test_an_ordered_duplicate_shows_twice_on_the_phone(twin: RunningTwin) -> None:
    twin.twin.order(["duplicate", "throttled"])
    send(twin.client())
    assert len(twin.shown()) == 2
    with pytest.raises(ProviderError):
        send(twin.client())


def test_a_closed_port_means_that_nothing_was_sent(twin: RunningTwin) -> None:
    dead = Endpoint.checked("http://127.0.0.1:9", LOOPBACK)
    with pytest.raises(NotSent):
        send(twin.client(endpoint=dead))
    assert twin.gateway(endpoint=dead).send(MESSAGE, now=NOW).outcome is Outcome.LATER


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "http://dysmsapi.aliyuncs.com",
        "https://dysmsapi.aliyuncs.com@evil.example",
        "https://user@dysmsapi.aliyuncs.com",
        "https://dysmsapi.aliyuncs.com.evil.example",
        "https://dysmsapi.aliyuncs.com/path",
        "https://dysmsapi.aliyuncs.com?x=1",
        "https://169.254.169.254",
        "https://[::1]",
        "https://2130706433",
        "file:///etc/passwd",
        "gopher://dysmsapi.aliyuncs.com",
        "",
    ],
)
def test_s35_only_a_listed_host_over_https_is_called(url: str) -> None:
    with pytest.raises(EndpointForbidden):
        Endpoint.checked(url, ["dysmsapi.aliyuncs.com"])


def test_s35_the_provider_is_allowed_by_default() -> None:
    allowed = Endpoint.checked("https://dysmsapi.aliyuncs.com", ["dysmsapi.aliyuncs.com"])
    assert allowed.host == "dysmsapi.aliyuncs.com"


@pytest.mark.parametrize(
    "entry", ["login_code=1", "nothing:en=1", "login_code:fr=1", "login_code:en="]
)
def test_a_wrong_template_setting_is_named(entry: str) -> None:
    with pytest.raises(TemplateSettingWrong, match="write template:language=code"):
        codes([entry])


def test_s44_neither_number_nor_values_are_logged(
    twin: RunningTwin, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    twin.gateway().send(MESSAGE, now=NOW)
    assert len(twin.shown()) == 1
    output = caplog.text + "".join(capfd.readouterr())
    assert PHONE not in output and "CL26112300017" not in output
    assert "CL26112300017" not in repr(MESSAGE) and KEY.secret not in repr(twin.client())


def test_the_control_address_takes_known_orders_from_tools_only(twin: RunningTwin) -> None:
    def order(body: object, **headers: str) -> int:
        return httpx.post(
            f"{twin.address}/control", content=json.dumps(body), headers=headers, trust_env=False
        ).status_code

    allowed = {"X-Demo-Control": "1"}
    assert order({"next": ["lost"]}) == 400
    assert order({"next": ["explode"]}, **allowed) == 400
    assert order({"next": ["lost", "late:2"]}, **allowed) == 204
    assert list(twin.twin.orders) == ["lost", "late:2"]


def test_a_foreign_name_for_this_machine_gets_nothing(twin: RunningTwin) -> None:
    for method in ("GET", "POST"):
        answer = httpx.request(
            method, twin.address, headers={"Host": "evil.example"}, trust_env=False
        )
        assert answer.status_code == 403
