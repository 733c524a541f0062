"""The demo phone: what a stranger sees and needs in order to sign in."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pyotp
import pytest

from onegrid.integrations.sms.catalogue import file_with_twin, filed_texts
from onegrid.integrations.sms.demo import page, totp
from onegrid.integrations.sms.demo.provider import Declined, FiledTexts, Provider
from onegrid.integrations.sms.demo.store import Sms, Store

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # pragma: allowlist secret


def sms(number: int, text: str = "您好") -> Sms:
    return Sms(
        1_795_400_000.0 + number, "13800000017", "昌乐网格", "SMS_1", text, f"o{number}", "b"
    )


@pytest.mark.parametrize("moment", [59, 1_111_111_109, 1_234_567_890, 20_000_000_000])
def test_the_codes_are_those_of_an_authenticator(moment: int) -> None:
    assert totp.code(SECRET, moment) == pyotp.TOTP(SECRET).at(moment)


def test_the_codes_are_those_of_the_rfc() -> None:
    assert totp.code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59) == "287082"


def test_the_page_shows_the_newest_message_first_and_escapes_it() -> None:
    messages = [sms(2, "<script>alert(1)</script>"), sms(1, "第一条")]
    html = page.render(messages, [], now=0.0, still=False)
    assert html.index("&lt;script&gt;") < html.index("第一条")
    assert "<script" not in html


def test_the_page_shows_codes_of_the_demo_accounts(tmp_path: Path) -> None:
    file = tmp_path / "authenticators.json"
    assert page.accounts(file) == []
    file.write_text(json.dumps([{"label": "县调度员", "username": "dispatcher", "secret": SECRET}]))
    html = page.render([], page.accounts(file), now=90.0, still=False)
    code = totp.code(SECRET, 90.0)
    assert "县调度员" in html and f"{code[:3]} {code[3:]}" in html


def test_a_torn_last_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "phone.jsonl"
    store = Store(path)
    store.add(sms(1))
    store.add(sms(2))
    path.write_bytes(path.read_bytes()[:-20])
    again = Store(path)
    again.add(sms(3))
    assert [message.out_id for message in Store(path).newest(10)] == ["o3", "o1"]


def test_texts_filed_later_are_used_at_once(tmp_path: Path) -> None:
    path = tmp_path / "texts.json"
    provider = Provider(Store(tmp_path / "phone.jsonl"), FiledTexts(path))
    call = {
        "PhoneNumbers": "13800000017",
        "SignName": "昌乐网格",
        "TemplateCode": "SMS_1",
        "TemplateParam": '{"number": "CL17"}',
    }
    provider.send(call, now=1.0)
    path.write_text('{"SMS_1": "诉求${number}已办结"}')
    provider.send(call, now=2.0)
    assert [sms.text for sms in provider.store.newest(5)] == ["诉求CL17已办结", "CL17"]
    path.write_text('{"SMS_2": "另一个模板"}')
    with pytest.raises(Declined, match="SMS_TEMPLATE_ILLEGAL"):
        provider.send(call, now=3.0)


def test_the_product_files_its_texts_with_the_twin(tmp_path: Path) -> None:
    file_with_twin(tmp_path)
    assert dict(FiledTexts(tmp_path / "demo-sms-texts.json")) == filed_texts()


def test_the_module_runs_without_django_and_serves_the_phone(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-X", "importtime", "-m", "onegrid.integrations.sms.demo"]
    errors = tmp_path / "errors"
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--store", str(tmp_path / "phone.jsonl")],
            stderr=stderr,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
        )
    try:
        answer = eventually(f"http://127.0.0.1:{port}/")
    finally:
        process.terminate()
        assert process.wait(10) == 0
    assert "演示手机" in answer.text and "还没有短信" in answer.text
    assert answer.headers["refresh"] == "5"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    imported = errors.read_text()
    assert "http.server" in imported and "django" not in imported and "httpx" not in imported


def eventually(url: str) -> httpx.Response:
    for _ in range(200):
        try:
            return httpx.get(url, trust_env=False)
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError("the twin did not start")
