"""E-mail through two real servers: requests in by IMAP, answers out by SMTP; the port holds (S26)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from imap_tools import MailMessage

from onegrid.accounts.terms import Role
from onegrid.cases import actions as cases
from onegrid.cases.models import Attachment, Case, Step
from onegrid.core.flow import Action, State
from onegrid.exchange.actions import deliver_due
from onegrid.exchange.models import ExternalOrder, Message
from onegrid.integrations.mail.adapter import MailCarrier, MailFetcher, MailSettingWrong, Server
from onegrid.integrations.mail.notices import MailGateway
from onegrid.integrations.mail.reading import NotForUs, new_text, read
from onegrid.notices import actions as notices
from onegrid.notices.ports import Message as Notice
from onegrid.notices.ports import Outcome
from tests.county import COUNTY, Town, doing
from tests.mail import LOGIN, OURS, Inbox, Postbox, imap_server, mail, smtp_server
from tests.web.conftest import picture


@pytest.fixture(scope="module")
def imap() -> Iterator[Inbox]:
    with imap_server() as inbox:
        yield inbox


@pytest.fixture
def inbox(imap: Inbox) -> Inbox:
    with imap.box() as box:
        uids = box.uids()
        if uids:
            box.delete(uids)
    return imap


@pytest.fixture
def smtp() -> Iterator[tuple[Server, Postbox]]:
    with smtp_server() as running:
        yield running


def fetch(inbox: Inbox, now: datetime) -> int:
    return MailFetcher(inbox.server, LOGIN).fetch(tenant_id=COUNTY, now=now)


def carry(server: Server, now: datetime) -> int:
    carriers = {"email": MailCarrier(server, LOGIN)}
    return deliver_due(tenant_id=COUNTY, now=now, carriers=carriers, limit=20).sent


def test_s26_a_mail_becomes_a_case_and_is_read_once(town: Town, inbox: Inbox) -> None:
    inbox.put(mail())
    assert fetch(inbox, town.now) == 1
    assert fetch(inbox, town.now) == 0
    case = Case.objects.get()
    assert (case.channel, case.title, case.text) == (
        "email",
        "路灯坏了",
        "楼下路灯坏了三天了，请来修。",
    )
    assert ExternalOrder.objects.get().reply_to == "lisi@example.org"
    assert "reply_to" not in Message.objects.get(direction="in").payload


def test_s26_the_same_message_id_twice_is_one_case(town: Town, inbox: Inbox) -> None:
    inbox.put(mail())
    again = mail()
    again["Received"] = "from another way"
    inbox.put(again)
    assert fetch(inbox, town.now) == 1
    assert Case.objects.count() == 1


def test_s26_photos_are_cleaned_and_other_files_named(town: Town, inbox: Inbox) -> None:
    letter = mail()
    letter.add_attachment(picture(), maintype="image", subtype="jpeg", filename="a.jpg")
    letter.add_attachment(b"MZ\x00evil", maintype="application", subtype="pdf", filename="b.pdf")
    inbox.put(letter)
    fetch(inbox, town.now)
    kept = Attachment.objects.get()
    assert (kept.kind, kept.mime) == ("photo", "image/jpeg")
    assert "1" in Step.objects.get(action=Action.NOTE).text


def test_s26_answers_go_out_in_the_thread_and_an_answer_to_them_joins(
    town: Town, inbox: Inbox, smtp: tuple[Server, Postbox]
) -> None:
    server, postbox = smtp
    inbox.put(mail())
    fetch(inbox, town.now)
    case_id = Case.objects.get().pk
    carry(server, town.now)
    cases.start_triage(case_id=case_id, doing=doing(town, Role.DISPATCHER))
    cases.ask_info(case_id=case_id, doing=doing(town, Role.DISPATCHER), text="哪一栋楼？")
    carry(server, town.now + timedelta(minutes=1))
    received, asked = postbox.sent
    assert received["In-Reply-To"] == "<m1@example.org>"
    assert received["Auto-Submitted"] == "auto-replied"
    assert Case.objects.get().number in str(received["Subject"])
    assert "哪一栋楼？" in asked.get_content()
    inbox.put(
        mail("三号楼。\n\n在 2026年3月2日 wangge@changle.example 写道：\n> 哪一栋楼？",
             message_id="<m2@example.org>", In_Reply_To=str(asked["Message-ID"]))
    )  # fmt: skip
    fetch(inbox, town.now + timedelta(minutes=2))
    assert Case.objects.get().state == State.TRIAGE
    assert Step.objects.get(action=Action.SUPPLY_INFO).text == "三号楼。"


def test_the_query_code_is_forgotten_once_it_was_sent(
    town: Town, inbox: Inbox, smtp: tuple[Server, Postbox]
) -> None:
    inbox.put(mail())
    fetch(inbox, town.now)
    code = Message.objects.get(kind="received").payload["query_code"]
    carry(smtp[0], town.now)
    assert code in smtp[1].sent[0].get_content()
    assert "query_code" not in Message.objects.get(kind="received").payload


def test_s26_somebody_else_cannot_join_a_case_by_its_mails(town: Town, inbox: Inbox) -> None:
    inbox.put(mail())
    fetch(inbox, town.now)
    inbox.put(
        mail("撤回", sender="x@evil.example", message_id="<e@evil>", In_Reply_To="<m1@example.org>")
    )
    fetch(inbox, town.now)
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("headers", "sender", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "", "automatic"),
        ({"Precedence": "bulk"}, "", "list"),
        ({"List_Id": "<news.example>"}, "", "list"),
        ({"X_Onegrid_Exchange": "1"}, "", "loop"),
        ({"Return_Path": "<>"}, "", "machine"),
        ({}, OURS, "loop"),
        ({}, "MAILER-DAEMON@example.org", "machine"),
        ({}, "no-reply@example.org", "machine"),
        ({}, "nobody", "no_sender"),
    ],
)
def test_s26_machines_and_loops_are_left_aside(
    headers: dict[str, str], sender: str, reason: str
) -> None:
    made = mail(sender=sender or "lisi@example.org", **headers)
    with pytest.raises(NotForUs) as refused:
        read(MailMessage.from_bytes(bytes(made)), own=OURS, now=datetime(2026, 3, 2))
    assert refused.value.reason == reason


def test_our_own_answer_coming_back_makes_no_case(
    town: Town, inbox: Inbox, smtp: tuple[Server, Postbox]
) -> None:
    inbox.put(mail())
    fetch(inbox, town.now)
    carry(smtp[0], town.now)
    bounced = smtp[1].sent[0]
    inbox.put(bounced)
    assert fetch(inbox, town.now) == 0
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("新的\n> 旧的\n还有", "新的\n还有"),
        ("thanks\n\nOn Mon, 2 Mar 2026, Grid wrote:\n> old", "thanks"),
        ("好\n-----原始邮件-----\n旧", "好"),
        ("好\n发件人：张三 <z@example.org>\n旧", "好"),
        ("正文\n-- \n王五 电话", "正文"),
        ("写道理的人", "写道理的人"),
    ],
)
def test_quoted_mails_and_signatures_are_cut(text: str, new: str) -> None:
    assert new_text(text) == new


def test_html_alone_is_read_as_text() -> None:
    made = mail()
    made.set_content("<p>路灯<br>坏了</p><script>x()</script>", subtype="html")
    found = read(MailMessage.from_bytes(bytes(made)), own=OURS, now=datetime(2026, 3, 2))
    assert found.text == "路灯\n坏了"


def test_a_refused_recipient_is_given_up_and_a_dead_server_tried_again(
    town: Town, inbox: Inbox, smtp: tuple[Server, Postbox]
) -> None:
    inbox.put(mail())
    fetch(inbox, town.now)
    carry(Server.of("smtp://127.0.0.1:9"), town.now)
    assert Message.objects.get(kind="received").state == "pending"
    smtp[1].refuse = "550 no such user"
    carry(smtp[0], town.now + timedelta(hours=1))
    assert Message.objects.get(kind="received").state == "failed"


def test_notices_go_by_mail_too(smtp: tuple[Server, Postbox]) -> None:
    notice = Notice(
        out_id=str(uuid4()),
        phone="lisi@example.org",
        language="en",
        template="case_closed",
        params={"number": "370725-20260302-0001-1"},
    )
    answer = MailGateway(smtp[0], LOGIN).send(notice, now=datetime(2026, 3, 2))
    assert answer.outcome is Outcome.ACCEPTED
    (sent,) = smtp[1].sent
    assert "370725-20260302-0001-1" in sent.get_content() and sent["To"] == "lisi@example.org"
    nobody = MailGateway(None, LOGIN).send(notice, now=datetime(2026, 3, 2))
    assert nobody.outcome is Outcome.LATER


def test_a_queued_notice_goes_the_way_it_was_queued_for(
    town: Town, smtp: tuple[Server, Postbox]
) -> None:
    notices.queue(
        channel="email",
        recipient="lisi@example.org",
        template="case_closed",
        params={"number": "370725-20260302-0001-1"},
        language="zh-hans",
        dedupe_key="k1",
        now=town.now,
    )
    gateway = MailGateway(smtp[0], LOGIN)

    def deliver(channel: str) -> int:
        return notices.deliver_due(
            tenant_id=COUNTY, now=town.now, gateway=gateway, limit=5, channel=channel
        ).sent

    assert deliver("sms") == 0
    assert deliver("email") == 1
    assert smtp[1].sent[0]["To"] == "lisi@example.org"


@pytest.mark.parametrize(
    "url", ["imap://mail.example", "smtp://mail.example", "ftp://x", "imaps://"]
)
def test_mail_leaves_this_machine_encrypted_only(url: str) -> None:
    with pytest.raises(MailSettingWrong):
        Server.of(url)
