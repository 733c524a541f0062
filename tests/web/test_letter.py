"""The reply letter of a case as PDF: what it says, who gets it, what the machine needs (E12)."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from onegrid.accounts.terms import Role
from onegrid.audit.models import Look
from onegrid.cases import actions as cases
from onegrid.cases.models import Case, Contact
from onegrid.commands.doctor import machine
from onegrid.common import paper
from tests.county import Town, doing, report
from tests.web.staff import browser, travel

LATER = timedelta(hours=1)
PARTS = ("楼下水管漏水，已经两天了", "单元门的灯不亮")


@pytest.fixture
def answered(town: Town) -> Case:
    """Return a case of the resident with two matters, answered at once."""
    receipt = report(town, parts=PARTS)
    Contact.objects.update_or_create(
        case_id=receipt.case_id, defaults={"name": "王秀英", "phone": "13800000001"}
    )
    cases.start_triage(case_id=receipt.case_id, doing=doing(town, Role.COMMUNITY_CLERK))
    answers = {1: "已更换接头，恢复供水。", 2: "灯泡已更换。"}
    made = doing(town, Role.COMMUNITY_CLERK, town.now + LATER)
    return cases.answer_now(case_id=receipt.case_id, doing=made, answers=answers)


def words_of(answer: Any, folder: Path) -> str:
    """Return the text of a PDF without blanks and line ends."""
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    file = folder / f"{uuid4()}.pdf"
    file.write_bytes(answer.content)
    command = ["pdftotext", "-layout", str(file), "-"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return "".join(done.stdout.split())


def get(town: Town, role: Role, address: str) -> Any:
    with travel(town.now + 2 * LATER):
        return browser(town, role).get(address)


def test_e12_the_letter_holds_every_matter_with_its_answer(
    town: Town, answered: Case, tmp_path: Path
) -> None:
    answer = get(town, Role.COMMUNITY_CLERK, f"/desk/case/{answered.number}/letter.pdf")
    told = words_of(answer, tmp_path)
    for piece in (*PARTS, "已更换接头，恢复供水。", "灯泡已更换。", answered.number, "王秀英"):
        assert piece in told
    assert "诉求答复函" in told and "测试县" in told and "2026年3月2日" in told
    pages = re.findall(r"—(\d)/(\d)—", told)
    assert [int(page) for page, _ in pages] == list(range(1, len(pages) + 1))
    assert {int(of) for _, of in pages} == {len(pages)}, "every page says which it is"
    assert "13800000001" not in told
    assert answer["Content-Disposition"] == f'inline; filename="{answered.number}.pdf"'


def test_e12_the_letter_is_in_the_language_of_the_case(
    town: Town, answered: Case, tmp_path: Path
) -> None:
    Case.objects.filter(pk=answered.pk).update(language="en")
    address = f"/desk/case/{answered.number}/letter.pdf"
    told = words_of(get(town, Role.COMMUNITY_CLERK, address), tmp_path)
    assert "Replytoarequest" in told and "Dear王秀英," in told


def test_e12_a_long_letter_has_several_numbered_pages(
    town: Town, answered: Case, tmp_path: Path
) -> None:
    answered.parts.filter(n=1).update(answer="已经处理完毕，请您放心。" * 150)
    address = f"/desk/case/{answered.number}/letter.pdf"
    told = words_of(get(town, Role.COMMUNITY_CLERK, address), tmp_path)
    pages = re.findall(r"—(\d)/(\d)—", told)
    assert len(pages) > 2 and pages[-1] == (str(len(pages)), str(len(pages)))


def test_e12_staff_without_a_need_see_no_name_and_every_letter_is_written_down(
    town: Town, answered: Case, tmp_path: Path
) -> None:
    address = f"/desk/case/{answered.number}/letter.pdf"
    told = words_of(get(town, Role.SUPERVISOR, address), tmp_path)
    assert "王秀英" not in told and "尊敬的居民" in told
    words_of(get(town, Role.COMMUNITY_CLERK, address), tmp_path)
    looks = Look.objects.filter(purpose="letter").order_by("at", "id")
    assert [look.fields for look in looks] == ["letter", "name"]


def test_e12_the_resident_gets_the_own_letter_and_nobody_elses(
    town: Town, answered: Case, tmp_path: Path
) -> None:
    page = get(town, Role.RESIDENT, f"/my/{answered.number}/").content.decode()
    assert f"/my/{answered.number}/letter.pdf" in page
    told = words_of(get(town, Role.RESIDENT, f"/my/{answered.number}/letter.pdf"), tmp_path)
    assert "王秀英" in told
    other = report(town, by=None, text="别处")
    assert get(town, Role.RESIDENT, f"/my/{other.number}/letter.pdf").status_code == 404
    assert (
        get(town, Role.UNIT_MEMBER, f"/desk/case/{answered.number}/letter.pdf").status_code == 404
    )


def test_e12_number_and_code_open_the_letter_without_an_account(town: Town, tmp_path: Path) -> None:
    receipt = report(town, by=None)
    made = doing(town, Role.COMMUNITY_CLERK)
    cases.start_triage(case_id=receipt.case_id, doing=made)
    cases.answer_now(
        case_id=receipt.case_id, doing=doing(town, Role.COMMUNITY_CLERK), answers={1: "已修好。"}
    )
    nobody = Client()
    with travel(town.now + 2 * LATER):
        address = f"/r/{receipt.number}/letter.pdf"
        assert nobody.get(address).status_code == 404
        nobody.post("/r/", {"number": receipt.number, "code": receipt.token})
        assert "已修好。" in words_of(nobody.get(address), tmp_path)


def test_e12_a_refusal_is_answered_with_its_reason_and_the_way_to_object(
    town: Town, tmp_path: Path
) -> None:
    receipt = report(town)
    clerk = Role.COMMUNITY_CLERK
    cases.start_triage(case_id=receipt.case_id, doing=doing(town, clerk))
    cases.refuse(
        case_id=receipt.case_id,
        doing=doing(town, clerk),
        reason="court",
        text="法院正在审理，请等判决。",
    )
    told = words_of(get(town, clerk, f"/desk/case/{receipt.number}/letter.pdf"), tmp_path)
    assert "法院正在审理，请等判决。" in told and "异议" in told


def test_e12_there_is_no_letter_before_there_is_a_reply(town: Town) -> None:
    receipt = report(town)
    answer = get(town, Role.COMMUNITY_CLERK, f"/desk/case/{receipt.number}/letter.pdf")
    assert answer.status_code == 409
    page = get(town, Role.COMMUNITY_CLERK, f"/desk/case/{receipt.number}/").content.decode()
    assert "letter.pdf" not in page


def test_e12_a_machine_without_fonts_says_what_it_lacks(
    town: Town, answered: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "_has_font", lambda: False)
    answer = get(town, Role.COMMUNITY_CLERK, f"/desk/case/{answered.number}/letter.pdf")
    assert answer.status_code == 503
    assert "fonts-noto-cjk" in answer.content.decode()
    monkeypatch.setattr(paper, "_has_pango", lambda: False)
    finding = next(one for one in machine.checks() if one.check == "letters")
    assert "libpango-1.0-0" in finding.remedy and "fonts-noto-cjk" in finding.remedy


def test_e12_a_letter_fetches_nothing(tmp_path: Path) -> None:
    styles = tmp_path / "none.css"
    styles.write_text("p { color: black }")
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.timeout = 0.5
        asked: list[object] = []
        server.process_request = lambda *given: asked.append(given)  # type: ignore[method-assign]
        address = f"http://127.0.0.1:{server.server_port}/secret.png"
        made = paper.pdf_of(f'<p>x</p><img src="{address}">', styles=styles)
        server.handle_request()
    assert made.startswith(b"%PDF-") and asked == []
