"""Carries notices by the SMS client, exactly once even when answers are lost.

The provider does not drop repetitions. Whoever is unsure whether an earlier attempt arrived asks
for the details of the days since, where our out-id comes back, and sends only if it is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from onegrid.integrations.sms import catalogue
from onegrid.integrations.sms.client import (
    Endpoint,
    NoAnswer,
    NotSent,
    ProviderError,
    SmsClient,
)
from onegrid.integrations.sms.signing import Credentials
from onegrid.notices.ports import Answer, Message, Outcome, SmsGateway

_CHINA = ZoneInfo("Asia/Shanghai")

#: The message or its recipient is wrong: no later attempt can succeed.
_NEVER = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.INVALID_PARAMETERS",
        "isv.INVALID_JSON_PARAM",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.SMS_CONTENT_ILLEGAL",
    }
)


class AliyunGateway(SmsGateway):
    """The port of notices, filled by Aliyun SMS or its demo twin."""

    def __init__(self, client: SmsClient, codes: Mapping[tuple[str, str], str]) -> None:
        """Take a client and provider codes by (template, language)."""
        self._client = client
        self._codes = codes

    def close(self) -> None:
        """Close the connections to the provider."""
        self._client.close()

    def send(self, message: Message, *, now: datetime) -> Answer:
        """Hand one message over, after asking for it when an earlier attempt is in doubt."""
        if message.unsure_since is not None:
            try:
                if self._has_already(message, since=message.unsure_since, now=now):
                    return Answer(Outcome.ACCEPTED)
            except (ProviderError, NotSent, NoAnswer) as error:
                return Answer(Outcome.UNKNOWN, error=f"details: {error}")
        code = catalogue.code_for(self._codes, message.template, message.language)
        if code is None:
            return Answer(Outcome.LATER, error="template_not_filed")
        return self._hand_over(message, code, now)

    def _hand_over(self, message: Message, code: str, now: datetime) -> Answer:
        try:
            receipt = self._client.send_sms(
                phone=message.phone,
                template_code=code,
                params=message.params,
                out_id=message.out_id,
                now=now,
            )
        except ProviderError as error:
            return Answer(_outcome(error), error=error.code)
        except NotSent as error:
            return Answer(Outcome.LATER, error=f"unreachable: {error}")
        except NoAnswer as error:
            return Answer(Outcome.UNKNOWN, error=f"no answer: {error}")
        return Answer(Outcome.ACCEPTED, provider_id=receipt.biz_id)

    def _has_already(self, message: Message, *, since: datetime, now: datetime) -> bool:
        first, last = (moment.astimezone(_CHINA).date() for moment in (since, now))
        return any(
            detail.out_id == message.out_id
            for day in _days(first, last)
            for detail in self._client.sent_to(phone=message.phone, day=day, now=now)
        )


def _outcome(error: ProviderError) -> Outcome:
    """Sort a refusal: the message's fault, the provider's trouble, or a limit or setting."""
    if error.code in _NEVER:
        return Outcome.NEVER
    if error.status >= 500 or error.code.startswith("isp.SYSTEM"):
        return Outcome.UNKNOWN
    return Outcome.LATER


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def from_settings() -> AliyunGateway:
    """Return the gateway that settings describe; connections are kept between calls.

    Raises:
        EndpointForbidden: the endpoint is not on the list of allowed hosts.
        TemplateSettingWrong: see `catalogue.codes`.
    """
    return _gateway(
        settings.SMS_ENDPOINT,
        tuple(settings.SMS_ALLOWED_HOSTS),
        Credentials(settings.SMS_ACCESS_KEY, settings.SMS_ACCESS_SECRET),
        settings.SMS_SIGN_NAME,
        tuple(settings.SMS_TEMPLATES),
    )


@lru_cache(maxsize=1)
def _gateway(
    url: str,
    allowed_hosts: tuple[str, ...],
    credentials: Credentials,
    sign_name: str,
    entries: tuple[str, ...],
) -> AliyunGateway:
    endpoint = Endpoint.checked(url, allowed_hosts)
    if settings.DEMO:
        catalogue.file_with_twin(settings.VAR_DIR)
    return AliyunGateway(SmsClient(endpoint, credentials, sign_name), catalogue.codes(entries))
