"""The pages of grid workers: their own grid, reports on behalf, solved on the spot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from onegrid.accounts.terms import Role
from onegrid.cases.models import Attachment, Case, Contact, Step
from onegrid.grids.models import Building
from tests.county import Town, middle
from tests.web.staff import browser, forward, photo, post, travel, words

LATER = timedelta(minutes=30)


def form(town: Town, **fields: Any) -> dict[str, Any]:
    building = Building.objects.get(address="G11小区1号楼")
    plain = {
        "key": str(uuid4()),
        "text": "楼道灯坏了三天",
        "building": str(building.pk),
        "category": "power",
        "channel": "door",
        "kind": "help",
    }
    return {**plain, **fields}


def test_a_grid_worker_sees_the_own_grid_alone(town: Town) -> None:
    mine = forward(town, until="registered")
    theirs = forward(town, until="registered", point=middle(1, 0))
    client = browser(town, Role.GRID_WORKER)
    with travel(town.now + LATER):
        page = client.get("/work/").content.decode()
        points = client.get("/work/points/?show=open").json()
        foreign = client.get(f"/work/{theirs.number}/")
        own = client.get(f"/work/{mine.number}/")
    assert mine.number in page
    assert theirs.number not in page
    assert [p["properties"]["id"] for p in points["features"]] == [mine.number]
    assert foreign.status_code == 404
    assert own.status_code == 200


def test_desks_do_not_open_the_workers_pages(town: Town) -> None:
    with travel(town.now):
        assert browser(town, Role.COMMUNITY_CLERK).get("/work/").status_code == 403


def test_a_report_on_behalf_gives_a_receipt_and_keeps_the_resident(town: Town) -> None:
    client = browser(town, Role.GRID_WORKER)
    sent = form(town, name="王奶奶", phone="13812345678", photos=photo())
    with travel(town.now + LATER):
        blank = client.get("/work/report/")
        page = client.post("/work/report/", sent)
        again = client.post("/work/report/", {**sent, "photos": photo()})
    case = Case.objects.get()
    assert blank.status_code == 200
    assert "G11小区2号楼" in blank.content.decode()
    assert "G12小区1号楼" not in blank.content.decode()
    assert page.status_code == again.status_code == 200
    assert case.number in page.content.decode()
    assert words(page) == words(again)
    assert case.entered_by == town.users[Role.GRID_WORKER].pk
    assert case.reporter_id is None
    assert case.grid_id == town.areas["G11"]
    assert Contact.objects.get(case_id=case.pk).phone == "13812345678"
    assert Attachment.objects.filter(case_id=case.pk, phase="report").count() == 1


def test_a_matter_solved_on_the_spot_is_one_form(town: Town) -> None:
    client = browser(town, Role.GRID_WORKER)
    sent = form(town, exact="power.light", on_spot="1", answer="已经换了灯泡", after=photo("green"))
    with travel(town.now + LATER):
        page = client.post("/work/report/", sent)
        client.post("/work/report/", {**sent, "after": photo("green")})
    case = Case.objects.get()
    assert page.status_code == 200
    assert case.state == "callback"
    assert case.result == "solved"
    assert Attachment.objects.filter(case_id=case.pk, phase="after").count() == 1
    assert Step.objects.filter(case_id=case.pk, action="finish").count() == 1


def test_what_cannot_be_solved_on_the_spot_is_not_reported_either(town: Town) -> None:
    client = browser(town, Role.GRID_WORKER)
    lon, lat = middle(1, 0)
    elsewhere = form(
        town, building="", lon=str(lon), lat=str(lat), on_spot="1", answer="已经换了灯泡"
    )
    empty = form(town, on_spot="1", answer="")
    with travel(town.now + LATER):
        refused = client.post("/work/report/", elsewhere)
        unanswered = client.post("/work/report/", empty)
    assert refused.status_code in {403, 404}
    assert unanswered.status_code == 422
    assert 'href="#f-answer"' in unanswered.content.decode()
    assert "楼道灯坏了三天" in unanswered.content.decode()
    assert not Case.objects.exists()


def test_bad_input_comes_back_with_what_was_typed(town: Town) -> None:
    client = browser(town, Role.GRID_WORKER)
    bad = (
        ("text", form(town, text="  ")),
        ("phone", form(town, phone="abc")),
        ("place", form(town, building="")),
        ("building", form(town, building="x")),
        ("channel", form(town, channel="web")),
    )
    with travel(town.now + LATER):
        for field, sent in bad:
            page = client.post("/work/report/", {**sent, "name": "王奶奶"})
            assert page.status_code == 422, field
            assert f'href="#f-{field}"' in page.content.decode(), field
            assert "王奶奶" in page.content.decode(), field
    assert not Case.objects.exists()


def test_a_grid_worker_solves_a_reported_case_on_the_spot(town: Town) -> None:
    case = forward(town, until="registered")
    client = browser(town, Role.GRID_WORKER)
    with travel(town.now + LATER):
        page = client.get(f"/work/{case.number}/").content.decode()
        done = post(client, case.number, "on_spot", base="/work/", category="water.leak",
                    answer_1="已经关掉阀门并修好", photos=photo())  # fmt: skip
    assert 'id="panel-on_spot"' in page
    assert done.status_code == 302
    assert Case.objects.get(pk=case.pk).state == "callback"


def test_a_grid_worker_handles_what_was_given_to_the_community(town: Town) -> None:
    case = forward(town, until="dispatched", unit="community-C1")
    client = browser(town, Role.GRID_WORKER)
    with travel(town.now + LATER):
        post(client, case.number, "accept", base="/work/")
        post(client, case.number, "start", base="/work/", text="已到现场")
        post(client, case.number, "attach", base="/work/", phase="before", photos=photo("blue"))
        post(client, case.number, "finish", base="/work/", result="solved", answer_1="已经修好了")
    assert Case.objects.get(pk=case.pk).state in {"verify", "callback"}
    assert Attachment.objects.get(case_id=case.pk).phase == "before"


def test_a_photo_is_sent_to_those_who_may_see_the_case(town: Town) -> None:
    case = forward(town, until="dispatched", unit="community-C1")
    worker = browser(town, Role.GRID_WORKER)
    with travel(town.now + LATER):
        post(worker, case.number, "attach", base="/work/", phase="before", photos=photo())
        file_id = Attachment.objects.get().pk
        sent = worker.get(f"/work/file/{file_id}/?thumb=1")
        other = browser(town, Role.UNIT_MEMBER).get(f"/desk/file/{file_id}/")
    assert sent["Content-Type"] == "image/jpeg"
    assert other.status_code == 404
