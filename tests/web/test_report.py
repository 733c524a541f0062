"""The report page by page: the good way, and everything that cannot be used."""

from __future__ import annotations

from typing import Any

from onegrid.accounts.terms import Role
from onegrid.cases.models import Attachment, Case, Contact, Part, Step
from tests.county import COUNTY, middle
from tests.web.conftest import Browser, picture, upload


def test_six_answers_make_a_case_with_a_receipt(browser: Browser) -> None:
    checked = browser.walk()
    assert checked.status_code == 200
    receipt = browser.send()
    case = Case.objects.get()
    assert receipt.redirect_chain == [("/report/receipt/", 302)]
    assert case.number in receipt.content.decode()
    assert case.grid_id == browser.town.areas["G11"]
    assert case.kind == "help" and case.text == "楼下水管漏水，已经两天了"


def test_sending_twice_or_after_back_shows_the_same_receipt(browser: Browser) -> None:
    browser.walk()
    sent = dict(browser.hidden)
    first = browser.send().context["receipt"]
    for _ in range(3):
        again = browser.client.post("/report/check/", sent, follow=True)
        assert again.context["receipt"] == first
        assert first.token in again.content.decode()
    assert Case.objects.count() == 1


def test_a_form_replayed_after_the_session_ended_shows_the_same_receipt(browser: Browser) -> None:
    browser.walk()
    sent = dict(browser.hidden)
    number = browser.send().context["receipt"].number
    browser.client.cookies.clear()
    again = browser.client.post("/report/check/", sent, follow=True)
    assert again.context["receipt"].number == number
    assert Case.objects.count() == 1


def test_an_expired_session_loses_nothing_that_was_typed(browser: Browser) -> None:
    browser.walk()
    browser.client.cookies.clear()
    assert browser.send().context["receipt"].number == Case.objects.get().number


def test_a_report_whose_copy_was_tampered_with_is_asked_for_again(browser: Browser) -> None:
    browser.walk()
    browser.client.cookies.clear()
    browser.hidden["draft"] = browser.hidden["draft"][:-4] + "AAAA"
    response = browser.send()
    assert response.redirect_chain == [("/report/where/", 302)]
    assert Case.objects.count() == 0


def test_going_back_after_sending_and_writing_something_else_opens_a_second_case(
    browser: Browser,
) -> None:
    browser.walk()
    stale = dict(browser.hidden)
    browser.send()
    browser.hidden = stale
    browser.post("/report/describe/", {"text": "路灯也不亮"})
    browser.get("/report/check/")
    browser.send()
    assert sorted(Case.objects.values_list("text", flat=True)) == [
        "楼下水管漏水，已经两天了",
        "路灯也不亮",
    ]


def test_several_matters_become_parts(browser: Browser) -> None:
    browser.walk()
    added = browser.post("/report/describe/", {"text": ["水管漏水"], "more": "1"})
    assert added.content.decode().count("<textarea") == 2
    browser.post("/report/describe/", {"text": ["水管漏水", "路灯不亮"]})
    browser.get("/report/check/")
    browser.send()
    assert list(Part.objects.order_by("n").values_list("text", flat=True)) == [
        "水管漏水",
        "路灯不亮",
    ]


def test_an_anonymous_report_of_a_signed_in_resident_names_nobody(browser: Browser) -> None:
    browser.sign_in(Role.RESIDENT)
    user = browser.town.users[Role.RESIDENT]
    photo = {"photos": [upload(picture())]}
    browser.walk(**photo)
    browser.client.post(
        "/report/check/", browser.hidden, headers={"user-agent": "UA"}, REMOTE_ADDR="203.0.113.9"
    )
    case = Case.objects.get()
    rows: list[Any] = [case, *Step.objects.all(), *Attachment.objects.all()]
    assert len(rows) == 3
    stored = " ".join(str(vars(row)) for row in rows)
    for trace in (str(user.id), user.username, user.full_name, "203.0.113.9", "UA'"):
        assert trace not in stored
    session = browser.client.session
    assert str(case.pk) not in str(dict(session.items()))
    assert Contact.objects.count() == 0


def test_a_signed_in_resident_is_not_asked_who(browser: Browser) -> None:
    browser.sign_in(Role.RESIDENT)
    lon, lat = middle(0, 0)
    browser.get("/report/")
    browser.post("/report/", {"category": ""})
    browser.post("/report/where/", {"lon": str(lon), "lat": str(lat)})
    told = browser.post("/report/describe/", {"text": "水管漏水"})
    assert told.url == "/report/check/"
    browser.get("/report/check/")
    browser.send()
    assert Case.objects.get().reporter_id == browser.town.users[Role.RESIDENT].id


def test_a_number_left_is_kept_as_contact_only(browser: Browser) -> None:
    browser.walk()
    browser.post(
        "/report/who/", {"who": "contact", "name": "王", "phone": "１３８ ００００ ０００２"}
    )
    browser.get("/report/check/")
    browser.send()
    assert Contact.objects.get().phone == "13800000002"
    assert Case.objects.get().reporter_id is None


def test_a_building_of_the_list_is_enough_as_place(browser: Browser) -> None:
    browser.get("/report/")
    street = browser.get("/report/where/list/").context["choices"][0]
    community = browser.get(f"/report/where/list/?area={street.area_id}").context["choices"][0]
    compound = browser.get(f"/report/where/list/?area={community.area_id}").context["choices"][0]
    page = f"/report/where/list/?area={compound.area_id}&compound={compound.compound}"
    building = browser.get(page).context["choices"][0]
    browser.post("/report/where/", {"building": str(building.building_id)})
    browser.post("/report/describe/", {"text": "漏水"})
    browser.post("/report/who/", {"who": "anonymous"})
    browser.get("/report/check/")
    browser.send()
    case = Case.objects.get()
    assert str(case.building_id) == str(building.building_id)
    assert case.address == building.label
    found = browser.get("/report/where/list/?search=G22").context["choices"]
    assert {row.label for row in found if row.building_id} == {"G22小区1号楼", "G22小区2号楼"}


def test_words_suggest_a_category_and_a_person_confirms(browser: Browser) -> None:
    browser.walk(text="小区路灯不亮，晚上很黑")
    page = browser.get("/report/check/")
    assert [tile.code for tile in page.context["suggestions"]] == ["power.light"]
    assert "路灯" in page.content.decode()
    browser.post("/report/check/", {"category": "power.light"})
    assert Case.objects.count() == 0
    browser.get("/report/check/")
    browser.send()
    assert Case.objects.get().category is not None
    assert Case.objects.get().category.code == "power.light"


def test_words_of_danger_show_whom_to_call_at_once(browser: Browser) -> None:
    page = browser.walk(text="楼道里有煤气味，好像漏气")
    assert 'href="tel:119"' in page.content.decode()
    assert "煤气味" in page.content.decode()


def refused(response: Any, status: int, field: str) -> str:
    assert response.status_code == status
    assert [error["field"] for error in response.context["errors"]] == [field]
    assert Case.objects.count() == 0
    return str(response.context["errors"][0]["message"])


def test_an_empty_text_is_asked_for(browser: Browser) -> None:
    browser.get("/report/describe/")
    message = refused(browser.post("/report/describe/", {"text": " \n "}), 422, "text")
    assert message


def test_a_text_of_100_kb_is_refused_and_stays_in_the_form(browser: Browser) -> None:
    browser.get("/report/describe/")
    long = "漏" * 34_000
    response = browser.post("/report/describe/", {"text": long})
    refused(response, 413, "text")
    assert long in response.content.decode()
    kept = browser.post("/report/describe/", {"text": "漏水"})
    assert kept.status_code == 302


def test_a_form_of_more_than_a_megabyte_is_refused_in_words(browser: Browser) -> None:
    response = browser.client.post("/report/describe/", {"text": "x" * 1_100_000})
    assert response.status_code == 413
    assert "1 MB" in response.content.decode()


def test_a_report_without_a_place_is_asked_for_it(browser: Browser) -> None:
    browser.get("/report/where/")
    refused(browser.post("/report/where/", {"lon": "", "lat": "", "address": " "}), 422, "address")
    browser.post("/report/describe/", {"text": "漏水"})
    assert browser.send().redirect_chain[0] == ("/report/where/", 302)


def test_a_place_outside_the_county_is_refused_and_stays_in_the_form(browser: Browser) -> None:
    browser.get("/report/where/")
    place = {"lon": "116.4", "lat": "39.9", "address": "天安门"}
    response = browser.post("/report/where/", place)
    refused(response, 422, "address")
    assert "天安门" in response.content.decode() and "116.4" in response.content.decode()


def test_swapped_projected_and_unknown_coordinates_are_named(browser: Browser) -> None:
    lon, lat = middle(0, 0)
    browser.get("/report/where/")
    seen = set()
    for place in (
        {"lon": str(lat), "lat": str(lon)},
        {"lon": "13225000", "lat": "4397000"},
        {"lon": "nan", "lat": "1"},
        {"lon": "east", "lat": "1"},
        {"lon": str(lon), "lat": str(lat), "system": "moon"},
    ):
        seen.add(refused(browser.post("/report/where/", place), 422, "address"))
    assert len(seen) == 4


def test_a_point_of_a_shifted_map_is_moved_back(browser: Browser) -> None:
    from onegrid.core.geo import wgs84_to_gcj02

    lon, lat = wgs84_to_gcj02(*middle(1, 1))
    browser.walk()
    browser.post("/report/where/", {"lon": str(lon), "lat": str(lat), "system": "gcj02"})
    browser.get("/report/check/")
    browser.send()
    case = Case.objects.get()
    assert case.grid_id == browser.town.areas["G22"]
    assert abs((case.lon or 0) - middle(1, 1)[0]) < 1e-6


def test_a_picture_of_50_mb_is_refused_and_the_text_stays(browser: Browser) -> None:
    browser.get("/report/describe/")
    huge = upload(b"\xff\xd8\xff" + b"\0" * 50_000_000)
    response = browser.post("/report/describe/", {"text": "水管漏水", "photos": [huge]})
    assert "15 MB" in refused(response, 413, "photos")
    assert "水管漏水" in response.content.decode()


def test_a_body_beyond_the_limit_is_not_read(browser: Browser) -> None:
    response = browser.client.generic(
        "POST",
        "/report/describe/",
        b"x",
        "multipart/form-data; boundary=b",
        CONTENT_LENGTH="500000000",
    )
    assert response.status_code == 413


def test_hostile_pictures_are_refused_and_the_text_stays(browser: Browser) -> None:
    browser.get("/report/describe/")
    for content in (b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 40, b"\xff\xd8\xff" + b"\0" * 99):
        data = {"text": "水管漏水", "photos": [upload(content)]}
        response = browser.post("/report/describe/", data)
        refused(response, 422, "photos")
        assert "水管漏水" in response.content.decode()
    assert Attachment.objects.count() == 0


def test_seven_photos_are_too_many(browser: Browser) -> None:
    browser.get("/report/describe/")
    photos = [upload(picture(color=f"#0000{n}0")) for n in range(7)]
    response = browser.post("/report/describe/", {"text": "漏", "photos": photos})
    refused(response, 422, "photos")


def test_photos_survive_pages_and_are_cleaned(browser: Browser) -> None:
    browser.get("/report/")
    browser.post("/report/", {"category": "", "photos": [upload(picture())]})
    browser.walk()
    shown = browser.get("/report/photos/0/")
    assert shown["Content-Type"] == "image/jpeg" and "sandbox" in shown["Content-Security-Policy"]
    browser.get("/report/check/")
    browser.send()
    assert Attachment.objects.get().kind == "photo"
    assert browser.client.get("/report/photos/0/").status_code == 404


def test_a_photo_that_was_swept_is_asked_for_again_and_the_rest_stays(browser: Browser) -> None:
    from onegrid.common.files import default_store

    browser.walk(photos=[upload(picture(color="olive"))])
    for item in browser.client.session["report"]["files"]:
        default_store().path(tenant_id=COUNTY, sha256=item["sha256"]).unlink()
    response = browser.post("/report/check/")
    refused(response, 422, "photos")
    browser.get("/report/check/")
    assert browser.send().context["receipt"].number == Case.objects.get().number


def test_a_wrong_phone_or_no_choice_is_named(browser: Browser) -> None:
    browser.walk()
    refused(browser.post("/report/who/", {"who": ""}), 422, "who")
    refused(browser.post("/report/who/", {"who": "contact", "phone": ""}), 422, "phone")
    response = browser.post("/report/who/", {"who": "contact", "phone": "hello", "name": "王"})
    refused(response, 422, "phone")
    assert "hello" in response.content.decode()
    refused(browser.post("/report/who/", {"who": "account"}), 422, "who")


def test_a_form_without_its_key_is_refused(browser: Browser) -> None:
    browser.walk()
    response = browser.client.post("/report/check/", {"key": "nonsense"})
    assert response.status_code == 422
    assert Case.objects.count() == 0


def test_markup_in_texts_is_shown_as_text(browser: Browser) -> None:
    page = browser.walk(text="<script>alert(1)</script>漏水")
    assert "<script>alert(1)" not in page.content.decode()
    assert "&lt;script&gt;" in page.content.decode()
