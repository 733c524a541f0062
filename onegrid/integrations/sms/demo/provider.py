"""What the provider does with a request that passed the gate: SendSms, QuerySendDetails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

from onegrid.integrations.sms.demo.store import Sms, Store

_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_CHINA = timezone(timedelta(hours=8))
_VALUE_MAX = 35
Reply = dict[str, object]


class Declined(Exception):
    """The provider declines a message with its code (HTTP status 200)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FiledTexts(Mapping[str, str]):
    """Texts of a JSON file (code to text), read again when it changes; no file means no texts."""

    def __init__(self, path: Path) -> None:
        """Name the file; it may appear later."""
        self._path = path
        self._changed = 0
        self._texts: dict[str, str] = {}

    def _current(self) -> dict[str, str]:
        changed = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if changed != self._changed:
            self._texts = json.loads(self._path.read_text("utf-8")) if changed else {}
            self._changed = changed
        return self._texts

    def __getitem__(self, code: str) -> str:
        return self._current()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())


@dataclass(frozen=True, slots=True)
class Provider:
    """Rules of the provider over a store.

    Attributes:
        templates: filed texts with ``${name}`` by code; empty: any code, values shown as they are.
        per_minute: messages a number gets in a minute before flow control; 0: no limit.
    """

    store: Store
    templates: Mapping[str, str] = field(default_factory=dict)
    per_minute: int = 0

    def send(self, params: Mapping[str, str], *, now: float, copies: int = 1) -> Reply:
        """Accept a message, or decline it.

        Raises:
            Declined: with a code of the provider.
        """
        found = _PHONE.fullmatch(params.get("PhoneNumbers", ""))
        if found is None:
            raise Declined("isv.MOBILE_NUMBER_ILLEGAL")
        if not params.get("SignName"):
            raise Declined("isv.SMS_SIGNATURE_ILLEGAL")
        text = self._text(params.get("TemplateCode", ""), params.get("TemplateParam", "{}"))
        self._control_flow(found[1], now)
        biz_id = f"{uuid4().int % 10**12:012d}^0"
        for _ in range(copies):
            self.store.add(
                Sms(
                    at=now,
                    phone=found[1],
                    sign_name=params["SignName"],
                    template_code=params["TemplateCode"],
                    text=text,
                    out_id=params.get("OutId", ""),
                    biz_id=biz_id,
                )
            )
        return {"BizId": biz_id}

    def details(self, params: Mapping[str, str]) -> Reply:
        """Return a page of what went to a number on a day.

        Raises:
            Declined: with a code of the provider.
        """
        try:
            size, page = int(params["PageSize"]), int(params["CurrentPage"])
            day, phone = params["SendDate"], params["PhoneNumber"]
        except (KeyError, ValueError) as error:
            raise Declined("isv.INVALID_PARAMETERS") from error
        if not (1 <= size <= 50 and page >= 1 and re.fullmatch(r"\d{8}", day)):
            raise Declined("isv.INVALID_PARAMETERS")
        found = [sms for sms in self.store.of_phone(phone) if _local(sms.at)[:10] == _dashed(day)]
        rows = [_row(sms) for sms in found[(page - 1) * size : page * size]]
        return {"TotalCount": len(found), "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}

    def _text(self, code: str, given: str) -> str:
        try:
            values = json.loads(given)
        except ValueError as error:
            raise Declined("isv.INVALID_JSON_PARAM") from error
        if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
            raise Declined("isv.INVALID_JSON_PARAM")
        if any(len(value) > _VALUE_MAX for value in values.values()):
            raise Declined("isv.PARAM_LENGTH_LIMIT")
        if not code or (self.templates and code not in self.templates):
            raise Declined("isv.SMS_TEMPLATE_ILLEGAL")
        text = self.templates.get(code, " ".join("${" + name + "}" for name in values) or code)
        if not set(_VARIABLE.findall(text)) <= values.keys():
            raise Declined("isv.TEMPLATE_MISSING_PARAMETERS")
        return _VARIABLE.sub(lambda variable: values[variable[1]], text)

    def _control_flow(self, phone: str, now: float) -> None:
        recent = [sms for sms in self.store.of_phone(phone) if sms.at > now - 60]
        if self.per_minute and len(recent) >= self.per_minute:
            raise Declined("isv.BUSINESS_LIMIT_CONTROL")


def _row(sms: Sms) -> Reply:
    return {
        "PhoneNum": sms.phone,
        "SendStatus": 3,
        "ErrCode": "DELIVERED",
        "TemplateCode": sms.template_code,
        "Content": f"【{sms.sign_name}】{sms.text}",
        "SendDate": _local(sms.at),
        "ReceiveDate": _local(sms.at),
        "OutId": sms.out_id,
    }


def _local(at: float) -> str:
    return datetime.fromtimestamp(at, _CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
