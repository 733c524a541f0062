"""Phone desk, counter, letter and slip: one screen, every channel makes the same case (S25)."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from onegrid.accounts.terms import Role
from onegrid.audit.models import Look
from onegrid.cases.models import Attachment, Case, Contact, Step
from onegrid.cases.terms import Channel
from onegrid.common.media import pages
from onegrid.common.refusals import Invalid, TooLarge
from onegrid.notices.models import Outbox
from tests.county import Town, doing, middle, report
from tests.web.staff import browser, travel, words

PAGE = "/desk/intake/"
PHONE = "13900000002"
LATER = timedelta(hours=1)


def send(town: Town, role: Role = Role.CALLBACK_AGENT, **fields: Any) -> Any:
    """Send the page as typed by somebody at the desk."""
    typed = {"key": str(uuid4()), "channel": "phone", "kind": "help", "do": "check", **fields}
    with travel(town.now + LATER):
        return browser(town, role).post(PAGE, typed)


def call(town: Town, **fields: Any) -> dict[str, Any]:
    """Return a whole call about a building of grid G11."""
    from onegrid.grids.queries import address_list

    found = address_list(on=town.now, search="G11小区 1号楼")
    building = next(row.building_id for row in found if row.building_id)
    return {
        "phone": PHONE, "name": "王奶奶", "text": "楼道水管漏水，已经两天了",
        "building": str(building), "category": "water.leak", **fields,
    }  # fmt: skip


def pdf(count: int) -> bytes:
    """Return a scan: a PDF with a picture on each page."""
    sheets = [Image.new("RGB", (300, 400), (200, 20 * n, 90)) for n in range(count)]
    target = BytesIO()
    sheets[0].save(target, "PDF", save_all=True, append_images=sheets[1:], title="私人")
    return target.getvalue()


def file(content: bytes, name: str = "brief.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_s25_a_call_becomes_a_case_whose_number_is_read_out(town: Town) -> None:
    page = send(town, do="save", **call(town))
    case = Case.objects.get()
    assert page.status_code == 200
    assert case.number in words(page) and "data-focus" in page.content.decode()
    assert (case.channel, case.grid_id) == (Channel.PHONE, town.areas["G11"])
    assert case.entered_by == town.users[Role.CALLBACK_AGENT].pk and case.reporter_id is None
    assert Step.objects.get(case_id=case.pk, seq=1).data["on_behalf"] is True
    assert Contact.objects.get(case_id=case.pk).phone == PHONE
    assert Outbox.objects.get(template="case_received").recipient == PHONE


@pytest.mark.parametrize("channel", ["phone", "counter", "letter", "corner", "door"])
def test_s25_every_channel_of_the_desk_makes_the_same_case(town: Town, channel: str) -> None:
    blank = browser(town, Role.COMMUNITY_CLERK).get(f"{PAGE}?channel={channel}").content.decode()
    assert re.search(rf'value="{channel}" checked', blank)
    send(town, Role.COMMUNITY_CLERK, do="save", **call(town, channel=channel))
    case = Case.objects.get()
    assert (case.channel, case.state) == (channel, "registered")
    assert case.entered_by == town.users[Role.COMMUNITY_CLERK].pk


def test_s25_another_channel_is_refused(town: Town) -> None:
    page = send(town, do="save", **call(town, channel="hotline"))
    assert page.status_code == 422 and Case.objects.count() == 0


def test_checking_shows_history_category_class_promise_and_place(town: Town) -> None:
    earlier = report(town, by=None, phone=PHONE, text="上周路灯不亮，至今没修")
    page = send(town, Role.DISPATCHER, **{**call(town), "category": "", "where": "G11小区"})
    told = words(page)
    assert page.status_code == 200 and Case.objects.count() == 1
    assert earlier.number in told
    shown = page.context["preview"]
    assert shown.suggested[0].code.startswith("water") and "漏水" in shown.suggested[0].words
    assert shown.due_at is not None and shown.due_at > town.now
    assert "G11小区1号楼" in told
    assert 'value="王奶奶"' in page.content.decode(), "what was typed stays"


def test_like_cases_are_shown_before_saving(town: Town) -> None:
    lon, lat = middle(0, 0)
    first = report(town, by=None, text="楼道水管漏水，已经两天了", point=(lon + 2e-4, lat))
    page = send(town, Role.DISPATCHER, **call(town))
    assert [row.number for row in page.context["preview"].alike] == [first.number]
    private = send(town, Role.DISPATCHER, **call(town, confidential="1"))
    assert private.context["preview"].alike == ()


def test_a_look_at_a_caller_is_written_down_once_a_call(town: Town) -> None:
    case_id = report(town, by=None, phone=PHONE).case_id
    for _ in range(2):
        send(town, phone=PHONE)
    look = Look.objects.get(subject_id=case_id)
    assert (look.purpose, look.viewer_id) == ("phone_desk", town.users[Role.CALLBACK_AGENT].pk)


def test_a_clerk_learns_only_how_many_cases_lie_elsewhere(town: Town) -> None:
    here = report(town, by=None, phone=PHONE, text="这里的井盖松动")
    there = report(town, by=None, phone=PHONE, point=middle(0, 1), text="幸福社区的路灯不亮")
    told = words(send(town, Role.COMMUNITY_CLERK, phone=PHONE))
    assert here.number in told
    assert there.number not in told and "幸福社区的路灯" not in told
    assert Look.objects.get(subject_id=there.case_id).fields == "count"


def test_a_confidential_case_does_not_exist_for_a_clerk(town: Town) -> None:
    case_id = report(town, by=None, phone=PHONE).case_id
    Case.objects.filter(pk=case_id).update(confidential=True)
    clerk, agent = (
        send(town, role, phone=PHONE).context["caller"]
        for role in (Role.COMMUNITY_CLERK, Role.CALLBACK_AGENT)
    )
    assert (clerk.rows, clerk.elsewhere) == ((), 0)
    assert len(agent.rows) == 1


def test_the_name_is_shown_with_an_open_case_only(town: Town) -> None:
    case_id = report(town, by=None, phone=PHONE).case_id
    Contact.objects.filter(case_id=case_id).update(name="王奶奶")
    assert send(town, phone=PHONE).context["caller"].name == "王奶奶"
    from onegrid.cases import actions

    gone = doing(town, Role.DISPATCHER)
    actions.withdraw(
        case_id=case_id, text="不用了",
        doing=type(gone)(viewer=gone.viewer, now=gone.now, key=gone.key, as_reporter=True),
    )  # fmt: skip
    caller = send(town, phone=PHONE).context["caller"]
    assert caller.name == "" and len(caller.rows) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"text": ""}, "text"), ({"phone": "abc"}, "phone"), ({"building": "x"}, "building"),
     ({"building": "", "address": ""}, "place"), ({"kind": "gossip"}, "kind")],
)  # fmt: skip
def test_bad_input_keeps_what_was_typed_and_saves_nothing(
    town: Town, fields: dict[str, str], field: str
) -> None:
    page = send(town, do="save", **call(town, **fields))
    assert page.status_code == 422 and Case.objects.count() == 0
    assert page.context["errors"][0]["field"] == field
    assert "王奶奶" in page.content.decode()


def test_the_same_key_saves_once(town: Town) -> None:
    typed = call(town, key=str(uuid4()), do="save")
    first, second = send(town, **typed), send(town, **typed)
    assert Case.objects.count() == 1 and words(first) == words(second)


def test_a_letter_is_kept_as_pictures_only(town: Town) -> None:
    page = send(town, do="save", **call(town, channel="letter", scan=file(pdf(2))))
    assert page.status_code == 200
    rows = Attachment.objects.filter(case_id=Case.objects.get().pk)
    assert [row.mime for row in rows] == ["image/jpeg"] * 2


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.4 broken", "media.pdf_damaged"), (b"MZ not a letter", "media.not_an_image")],
)
def test_a_bad_scan_saves_nothing(town: Town, content: bytes, code: str) -> None:
    page = send(town, do="save", **call(town, channel="letter", scan=file(content)))
    assert page.status_code == 422
    assert (Case.objects.count(), Attachment.objects.count()) == (0, 0)


def test_pages_of_a_letter_are_limited_and_need_their_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(TooLarge, match=r"media\.pdf_pages"):
        pages.pages_of(pdf(pages.MOST_PAGES + 1))
    monkeypatch.setattr(pages, "PROGRAM", "no-such-program")
    with pytest.raises(Invalid, match=r"media\.no_pdf"):
        pages.pages_of(pdf(1))


def test_the_desk_is_for_those_who_take_calls(town: Town) -> None:
    answers = {role: browser(town, role).get(PAGE).status_code for role in Role}
    assert {role for role, status in answers.items() if status == 200} == {
        Role.CALLBACK_AGENT, Role.DISPATCHER, Role.COMMUNITY_CLERK,
    }  # fmt: skip


def test_no_number_stands_in_an_address(town: Town) -> None:
    page = send(town, **call(town)).content.decode()
    assert PHONE not in "".join(re.findall(r'(?:href|action)="([^"]*)"', page))
    assert reverse("desk:intake") == PAGE
