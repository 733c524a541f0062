"""The demo phone: messages and authenticator codes, for people who try the product out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import Path

from onegrid.integrations.sms.demo import totp
from onegrid.integrations.sms.demo.store import Sms

_CHINA = timezone(timedelta(hours=8))

STYLE = Path(__file__).with_name("phone.css").read_bytes()


@dataclass(frozen=True, slots=True)
class Account:
    """One demo account with an authenticator."""

    label: str
    username: str
    secret: str
    password: str = ""


def accounts(path: Path | None) -> list[Account]:
    """Read the demo accounts; a file that is not there yet means none."""
    if path is None or not path.exists():
        return []
    rows = json.loads(path.read_text("utf-8"))
    return [
        Account(row["label"], row["username"], row["secret"], row.get("password", ""))
        for row in rows
    ]


def render(messages: list[Sms], people: list[Account], *, now: float, still: bool) -> str:
    """Return the page; ``still`` says whether it has stopped renewing itself."""
    shown = "".join(_message(sms) for sms in messages) or _nothing()
    head = '<h2>动态口令 <small lang="en">Authenticator codes</small></h2>'
    keys = f'<section id="codes">{head}{_keys(people, now)}</section>'
    jump = '<a class="jump" href="#codes">动态口令 <small lang="en">Codes</small></a>'
    toggle = (
        '<a href="/">继续自动刷新 <small lang="en">Renew again</small></a>'
        if still
        else '<a href="/?still=1">停止自动刷新 <small lang="en">Stop renewing</small></a>'
    )
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<title>演示手机 · Demo phone</title><link rel="stylesheet" href="/style.css"></head><body>'
        '<header><h1>演示手机 <small lang="en">Demo phone</small></h1>'
        '<p class="soft">演示县发出的短信都到这里，不会发往真实号码。<span lang="en">Every text '
        "message of the demo county arrives here; none leaves this machine.</span></p>"
        f"{jump if people else ''}</header>"
        "<main>"
        f'<section><h2>短信 <small lang="en">Messages</small></h2><ol>{shown}</ol></section>'
        f"{keys if people else ''}</main><footer>{toggle}</footer></body></html>"
    )


def _message(sms: Sms) -> str:
    at = datetime.fromtimestamp(sms.at, _CHINA)
    return (
        f'<li class="sms"><span class="soft"><time datetime="{at.isoformat()}">{at:%m-%d %H:%M:%S}'
        f"</time> · {escape(sms.phone)}</span>"
        f"<p>【{escape(sms.sign_name)}】{escape(sms.text)}</p></li>"
    )


def _nothing() -> str:
    return '<li class="soft">还没有短信。<span lang="en">No messages yet.</span></li>'


def _keys(people: list[Account], now: float) -> str:
    left = totp.seconds_left(now)
    rows = "".join(_key(account, now) for account in people)
    return (
        f'<p class="soft"><label for="left">口令还有 {left} 秒更换 '
        f'<span lang="en">New codes in {left} s</span></label>'
        f'<progress id="left" max="{totp.STEP}" value="{left}"></progress></p><ul>{rows}</ul>'
    )


def _key(account: Account, now: float) -> str:
    code = totp.code(account.secret, now)
    password = f" · {escape(account.password)}" if account.password else ""
    return (
        f'<li class="key"><span><b>{escape(account.label)}</b>'
        f'<span class="soft">{escape(account.username)}{password}</span></span>'
        f'<span class="code">{code[:3]} {code[3:]}</span></li>'
    )
