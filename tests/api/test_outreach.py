"""Ask by a link, publish, add photos on the interface: what the table of steps does not say."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases.models import Attachment, Case, Step
from onegrid.common.media import PhotoLimits
from onegrid.core.flow import Action
from onegrid.outreach.models import PartyRequest, PublicCase
from onegrid.outreach.queries import question
from tests.api.conftest import Api
from tests.api.test_cases import problem
from tests.web.staff import forward, photo

QUESTION = {
    "whom": "other",
    "to_whom": "和平物业",
    "way": "link",
    "question": "总阀在哪？",
    "disclosed": "楼道漏水",
}
CLERK = Role.COMMUNITY_CLERK


def send(api: Api, case: Case, deed: str, key: Any = None, **body: Any) -> Any:
    token = api.token(CLERK, TokenScope.ACT)
    path = f"/cases/{case.number}/actions/{deed}"
    return api.send("POST", path, token=token, key=key or uuid4(), body=body)


def attach(api: Api, case: Case, **fields: Any) -> Any:
    headers = {
        "Authorization": f"Bearer {api.token(CLERK, TokenScope.ACT)}",
        "Idempotency-Key": str(uuid4()),
        "Accept-Language": "en",
    }
    return api.client.post(f"/api/v1/cases/{case.number}/actions/attach", fields, headers=headers)


def test_e7_a_program_gets_the_link_and_the_same_link_again(api: Api) -> None:
    case, key = forward(api.town, until="triage"), uuid4()
    first, again = (send(api, case, "ask_party", key, **QUESTION).json() for _ in range(2))
    assert first == again and first["state"] == "triage"
    assert PartyRequest.objects.count() == 1
    code = first["link"].removeprefix("http://testserver/q/").rstrip("/")
    asked = question(code=code, now=api.town.now)
    assert (asked.question, asked.disclosed) == ("总阀在哪？", "楼道漏水")
    mail = {"way": "email", "recipient": "wuye@example.org"}
    assert send(api, case, "ask_party", **{**QUESTION, **mail}).json()["link"] == ""
    problem(send(api, case, "ask_party", **{**QUESTION, "days": 4}), 422, "party.days")
    problem(send(api, case, "ask_party", **{**QUESTION, "to_whom": ""}), 422, "party.to_whom")
    assert PartyRequest.objects.count() == 2


def test_e15_a_program_publishes_only_words_that_name_nobody(api: Api) -> None:
    case = forward(api.town, until="triage")
    send(api, case, "answer_now", answers={"1": "已更换接头。"})
    words = {"title": "漏水", "text": "请致电13912345678。", "answer": "已更换接头。"}
    refused = problem(send(api, case, "publish", **words), 422, "public.still_personal")
    assert refused["field"] == "text" and not PublicCase.objects.exists()
    assert send(api, case, "publish", **{**words, "text": "楼道漏水。"}).status_code == 200
    problem(send(api, case, "take_down", reason=" "), 422, "public.reason")
    assert send(api, case, "take_down", reason="当事人要求").status_code == 200
    assert not PublicCase.objects.get(case_id=case.pk).shown
    problem(send(api, case, "take_down", reason="再次"), 409, "public.not_published")


def test_photos_come_as_a_form_and_bad_ones_change_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = forward(api.town, until="triage")
    steps = Step.objects.filter(case_id=case.pk, action=Action.ATTACH)
    problem(attach(api, case, phase="after"), 422, "api.missing")
    broken = photo()
    broken.file.truncate(9)
    problem(attach(api, case, phase="after", photos=broken), 422, "media.damaged")
    assert attach(api, case, phase="soon", photos=photo()).status_code == 422
    monkeypatch.setattr("onegrid.api.deeds_files.PhotoLimits", lambda: PhotoLimits(100))
    problem(attach(api, case, phase="after", photos=photo()), 413, "media.too_large")
    assert not steps.exists() and not Attachment.objects.filter(case_id=case.pk).exists()
    monkeypatch.undo()
    assert attach(api, case, phase="after", photos=photo()).status_code == 200
    assert steps.get().data["phase"] == "after"
    assert Attachment.objects.get(case_id=case.pk).phase == "after"
