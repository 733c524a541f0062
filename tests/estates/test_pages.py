"""The pages of the register, for those who keep it, those who oversee it, and everybody."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from onegrid.accounts.terms import Role
from onegrid.estates.models import Estate, Step, WorkEvent
from onegrid.estates.terms import PathStage
from onegrid.grids.models import Building
from tests.conftest import MONDAY
from tests.county import Town
from tests.estates.people import DAY, TODAY, an_estate, houses, walked
from tests.estates.test_importing import GOOD, sheet
from tests.web.staff import browser as signed_in
from tests.web.staff import photo, queries_of, travel, words

CLERK = Role.COMMUNITY_CLERK


@pytest.fixture(autouse=True)
def this_morning(settings: Any, town: Town) -> Any:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with travel(MONDAY + timedelta(hours=1)):
        yield


def browser(town: Town, role: Role) -> Client:
    return signed_in(town, role, "en")


def page(town: Town, path: str, role: Role = CLERK) -> str:
    response = browser(town, role).get(path)
    assert response.status_code == 200, path
    return words(response)


def sent(town: Town, path: str, role: Role = CLERK, **fields: Any) -> Any:
    return browser(town, role).post(path, {"key": str(uuid4()), **fields})


def clerk_id(town: Town) -> str:
    return str(town.viewer(CLERK).user_id)


def test_s55_from_registering_to_service_on_the_pages(town: Town) -> None:
    community = town.areas["C1"]
    assert "G11小区" in page(town, "/desk/estates/new/")
    form = f"/desk/estates/new/?community={community}&compound=G11小区"
    assert "G11小区" in page(town, form)
    common = {"person": clerk_id(town), "due": str(TODAY + 30 * DAY), "day": str(TODAY)}
    made = sent(
        town, form, name="纺织厂家属院", buildings=houses(town), kind="none", source="摸底",
        stage="found", parking="无车位", **common,
    )  # fmt: skip
    row = Estate.objects.get()
    assert made.headers["Location"] == f"/desk/estates/{row.id}/"
    extra = {
        "form": {"form": "own"},
        "agreed": {"owners": "72", "owners_took": "60", "owners_for": "50"},
        "running": {"kind": "own"},
    }
    for stage in list(PathStage.values)[1:]:
        path = f"/desk/estates/{row.id}/step/?to={stage}"
        assert "测试community_clerk" in page(town, path)
        answer = sent(town, path, **common, **extra.get(stage, {}))
        assert answer.status_code == 302, words(answer)
    shown = page(town, f"/desk/estates/{row.id}/")
    assert "The path is walked to its end" in shown
    assert "Owners: 72, took part: 60, in favour: 50." in shown
    assert "1 of 1 estate has service again" in page(town, "/desk/estates/")


def test_sending_the_entry_twice_leads_to_the_same_estate(town: Town) -> None:
    path = f"/desk/estates/new/?community={town.areas['C1']}&compound=G11小区"
    fields = {
        "key": str(uuid4()), "name": "纺织厂家属院", "buildings": houses(town), "kind": "none",
        "source": "摸底", "stage": "found", "person": clerk_id(town), "day": str(TODAY),
        "due": str(TODAY + DAY),
    }  # fmt: skip
    first, second = (sent(town, path, **fields) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert Estate.objects.count() == 1


def test_buildings_outside_of_any_compound_are_chosen_one_by_one(town: Town) -> None:
    Building.objects.filter(address="G11小区2号楼").update(compound="")
    listed = page(town, "/desk/estates/new/")
    assert "G11小区" in listed and "outside of any compound" in listed
    form = f"/desk/estates/new/?community={town.areas['C1']}&compound="
    fresh = browser(town, CLERK).get(form)
    assert [label for _id, label, _icon, _hint in fresh.context["buildings"]] == ["2号楼"]
    assert fresh.context["chosen"] == []
    none = sent(town, f"{form}G11小区", kind="none", source="摸底", name="院")
    assert none.status_code == 422 and none.context["chosen"] == []


def test_what_was_typed_survives_a_refusal_and_the_field_is_named(town: Town) -> None:
    row = walked(town, PathStage.FORM)
    path = f"/desk/estates/{row.id}/step/?to=agreed"
    answer = sent(
        town, path, owners="72", owners_took="40", owners_for="39", note="第一次会议",
        day=str(TODAY), due=str(TODAY + 9 * DAY), person=clerk_id(town),
    )  # fmt: skip
    body = answer.content.decode()
    assert answer.status_code == 422 and "f-reason" in body
    assert "第一次会议" in body and 'value="40"' in body
    assert Estate.objects.get(pk=row.pk).stage == PathStage.FORM
    key = re.search(r'name="key" value="([^"]+)"', body)
    assert key is not None
    again = {"owners": "x", "day": "soon"}
    assert sent(town, path, **again).status_code == 422


def test_the_neighbours_are_in_sight_when_one_of_them_is_missing(town: Town) -> None:
    an_estate(town, name="机修厂宿舍", building_ids=houses(town, "G12小区"))
    row = walked(town, PathStage.TALK)
    path = f"/desk/estates/{row.id}/step/?to=form"
    folded, open_ = '<details class="more">', '<details class="more" open>'
    assert folded in browser(town, CLERK).get(path).content.decode()
    given = {"form": "joined", "day": str(TODAY), "due": str(TODAY + DAY), "person": clerk_id(town)}
    refused = sent(town, path, **given)
    assert refused.status_code == 422
    assert open_ in refused.content.decode() and 'href="#f-joined"' in refused.content.decode()


@pytest.mark.parametrize("to", ["found", "talk", "running"])
def test_leaving_out_and_going_back_ask_for_a_reason(town: Town, to: str) -> None:
    row = walked(town, PathStage.SURVEY if to != "talk" else PathStage.FOUND)
    path = f"/desk/estates/{row.id}/step/?to={to}"
    assert 'name="reason"' in browser(town, CLERK).get(path).content.decode()
    given = {"day": str(TODAY), "due": str(TODAY + DAY), "person": clerk_id(town), "kind": "own"}
    assert sent(town, path, **given).status_code == 422
    assert sent(town, path, **given, reason="街道要求").status_code == 302
    assert Step.objects.filter(estate=row).latest("at").reason == "街道要求"


def test_a_statement_keeps_its_evidence_on_the_page(town: Town) -> None:
    row = an_estate(town)
    path = f"/desk/estates/{row.id}/say/?about=charging"
    assert sent(town, path, value="飞线充电", since="2025-05-01").status_code == 422
    assert sent(town, path, value="飞线充电", since="2025-05-01", source="巡查").status_code == 302
    shown = page(town, f"/desk/estates/{row.id}/", Role.SUPERVISOR)
    assert "飞线充电" in shown and "since 2025-05-01 · source: 巡查" in shown
    assert browser(town, CLERK).get(f"/desk/estates/{row.id}/say/?about=x").status_code == 404


def test_a_work_with_its_picture_is_shown_to_those_who_see_the_estate(town: Town) -> None:
    row = an_estate(town)
    path = f"/desk/estates/{row.id}/work/"
    given = {
        "work_kind": "charging",
        "what": "南门充电棚",
        "state": "wanted",
        "work_day": str(TODAY),
    }
    assert sent(town, path, **{**given, "what": ""}).status_code == 422
    assert sent(town, path, **given).status_code == 302
    work = WorkEvent.objects.get().work_id
    two = sent(
        town, f"{path}?work={work}", state="done", work_day=str(TODAY), photos=[photo(), photo()]
    )
    assert two.status_code == 422 and "One picture at a time." in words(two)
    done = sent(town, f"{path}?work={work}", state="done", work_day=str(TODAY), photos=[photo()])
    assert done.status_code == 302
    shown = WorkEvent.objects.exclude(sha256="").get()
    assert "work finished" in page(town, f"/desk/estates/{row.id}/")
    address = f"/desk/estates/photo/{shown.id}/"
    assert browser(town, Role.DISPATCHER).get(address)["Content-Type"] == "image/jpeg"
    assert browser(town, Role.UNIT_HEAD).get(address).status_code == 403


def test_an_entry_is_corrected_and_taken_off_on_the_pages(town: Town) -> None:
    row = an_estate(town)
    path = f"/desk/estates/{row.id}/edit/"
    first = houses_of(row)
    assert "纺织厂家属院" in browser(town, CLERK).get(path).content.decode()
    assert sent(town, path, name="", buildings=first).status_code == 422
    assert sent(town, path, name="棉纺厂", year="1994", buildings=first[:1]).status_code == 302
    assert "1996 → 1994" in page(town, f"/desk/estates/{row.id}/")
    assert sent(town, f"/desk/estates/{row.id}/remove/", reason="").status_code == 422
    assert sent(town, f"/desk/estates/{row.id}/remove/", reason="重复").status_code == 302
    assert browser(town, CLERK).get(f"/desk/estates/{row.id}/").status_code == 404


def houses_of(row: Estate) -> list[Any]:
    return list(row.members.values_list("building_id", flat=True))


def test_street_and_county_read_every_page_and_write_none(town: Town) -> None:
    row = an_estate(town, due_on=TODAY - DAY)
    for role in (Role.STREET_OFFICER, Role.DISPATCHER, Role.SUPERVISOR):
        shown = page(town, "/desk/estates/?which=overdue", role)
        assert "纺织厂家属院" in shown and "overdue" in shown and "Register an estate" not in shown
        for path in ("", "print/"):
            assert "纺织厂家属院" in page(town, f"/desk/estates/{row.id}/{path}", role)
        for path in ("step/", "say/?about=kind", "work/", "edit/"):
            assert browser(town, role).get(f"/desk/estates/{row.id}/{path}").status_code == 403
            assert sent(town, f"/desk/estates/{row.id}/{path}", role).status_code == 403
    for role in (Role.UNIT_MEMBER, Role.CALLBACK_AGENT, Role.RESIDENT, Role.SYSTEM_ADMIN):
        assert browser(town, role).get("/desk/estates/").status_code == 403


def test_the_map_numbers_the_dots_like_its_table(town: Town) -> None:
    an_estate(town)
    body = browser(town, Role.STREET_OFFICER).get("/desk/estates/map/").content.decode()
    assert body.count('class="d-mark e-begun"') == 2, "the dot and its swatch"
    assert ">1</text>" in body and "纺织厂家属院" in body
    assert "No estate fits" in page(town, "/desk/estates/map/?stage=running", Role.STREET_OFFICER)


def test_the_list_leaves_the_house_as_excel(town: Town) -> None:
    an_estate(town, name="=1+1院")
    answer = browser(town, CLERK).get("/desk/estates/table/")
    cells = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert len(cells) == 2 and cells[1][0] == "'=1+1院" and cells[1][5] == 72
    assert len(list(_values(browser(town, CLERK).get("/desk/estates/table/?kind=firm")))) == 1


def _values(answer: Any) -> Any:
    return load_workbook(io.BytesIO(answer.content)).active.values


def test_a_table_is_checked_brought_in_and_taken_back_on_the_page(town: Town) -> None:
    def file(content: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("a.csv", content, "text/csv")

    path = "/desk/estates/bring/"
    answer = browser(town, CLERK).get("/desk/estates/template/")
    assert [cell for cell in next(iter(_values(answer)))][:2] == ["小区", "社区"]
    assert sent(town, path).status_code == 422
    bad = sent(town, path, file=file(sheet({**GOOD, "社区": "别处社区"})))
    assert bad.status_code == 422 and "别处社区" in words(bad)
    looked = sent(town, path, file=file(sheet(GOOD)))
    assert "1 estate can be brought in" in words(looked) and not Estate.objects.exists()
    fields = dict(re.findall(r'name="(checked|batch)" value="([^"]+)"', looked.content.decode()))
    assert sent(town, path, **{**fields, "checked": fields["checked"][:-2]}).status_code == 409
    assert sent(town, path, **fields).status_code == 302
    assert Estate.objects.get().name == "G11小区"
    batch = f"estates/{fields['batch']}"
    assert batch in page(town, path)
    assert sent(town, "/desk/estates/bring/undo/", batch=batch).status_code == 302
    assert "G11小区" not in page(town, "/desk/estates/")


def test_tables_of_one_minute_have_names_of_their_own_and_many_are_listed_at_once(
    town: Town,
) -> None:
    path, client = "/desk/estates/bring/", browser(town, CLERK)
    names, asked = set(), []
    for compound in ("G11小区", "G12小区"):
        file = SimpleUploadedFile("a.csv", sheet({**GOOD, "小区": compound}), "text/csv")
        looked = sent(town, path, file=file)
        fields = {name: looked.context[name] for name in ("checked", "batch")}
        assert sent(town, path, **fields).status_code == 302
        names.add(fields["batch"])
        asked.append(queries_of(client, path))
    assert len(names) == 2 and asked[0] == asked[1]
    assert len(client.get(path).context["batches"]) == 2


def test_everybody_sees_where_estates_stand_and_nobody_in_charge(town: Town) -> None:
    walked(town, PathStage.TALK)
    english = Client(headers={"accept-language": "en"})
    assert "0 of 1 estate has service again" in words(english.get("/estates/"))
    body = words(english.get(f"/estates/?community={town.areas['C1']}"))
    assert "纺织厂家属院" in body and "Choose the form of service" in body
    for secret in ("测试community_clerk", "2026年2月社区摸底", "无划线车位"):
        assert secret not in body
    assert Client().get("/estates/?community=x").status_code == 200


def test_a_long_register_asks_the_database_no_more_often(town: Town) -> None:
    an_estate(town)
    client = browser(town, Role.DISPATCHER)
    few = queries_of(client, "/desk/estates/")
    for number in range(8):
        own = houses(town, "G12小区")
        if own:
            an_estate(town, name=f"第{number}院", building_ids=own[:1])
    assert queries_of(client, "/desk/estates/") == few
