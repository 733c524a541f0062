"""The workbench of plans: who opens what, forms, refusals, the map's data, everything without JS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from openpyxl import load_workbook

from onegrid.accounts.models import RoleGrant
from onegrid.accounts.terms import Role
from onegrid.cases.models import Case
from onegrid.plans import actions, queries
from onegrid.plans.models import Draft, DraftComment, DraftRun, Handover, SizeBand
from onegrid.plans.terms import RunState, Status
from onegrid.web.desk.plans import leaflets, movers
from tests.county import Town, middle, report
from tests.plans.steps import a_draft, approved, building, does, numbers, planned
from tests.plans.test_stations import office
from tests.web.staff import browser, travel, words

STREET, COUNTY_DESK, CLERK = Role.STREET_OFFICER, Role.SUPERVISOR, Role.COMMUNITY_CLERK
EN = {"Accept-Language": "en"}
DAY = date(2026, 3, 9)


@pytest.fixture(autouse=True)
def stopped(town: Town) -> Iterator[None]:
    with travel(town.now):
        yield


def asked(town: Town, **more: Any) -> dict[str, Any]:
    """What a filled-in form of a draft sends."""
    return {
        "key": str(uuid4()), "name": "东街方案", "scope_id": str(town.areas["S1"]),
        "least": "100", "most": "150", "communities": "keep", "community_least": "3000",
        "community_most": "5000", "most_grids": "", "seconds": "10", "seed": "0",
        "assumptions": "", "borders": "20", "workload": "0", "change": "30", **more,
    }  # fmt: skip


def make(town: Town, role: Role = STREET, **more: Any) -> Any:
    return browser(town, role).post("/desk/plans/new/", asked(town, **more), headers=EN)


def do(client: Client, draft_id: UUID, deed: str, **fields: Any) -> Any:
    given = {"key": str(uuid4()), **fields}
    return client.post(f"/desk/plans/{draft_id}/do/{deed}/", given, headers=EN)


def edit(client: Client, draft_id: UUID, kind: str, **fields: Any) -> Any:
    given = {"key": str(uuid4()), **fields}
    return client.post(f"/desk/plans/{draft_id}/edit/{kind}/", given, headers=EN)


def shown(client: Client, draft_id: UUID, tail: str = "") -> Any:
    return client.get(f"/desk/plans/{draft_id}/{tail}", headers=EN)


def status(draft_id: UUID) -> str:
    return Draft.objects.get(pk=draft_id).status


def adopted(town: Town, draft_id: UUID | None = None) -> tuple[UUID, UUID]:
    draft_id = draft_id or planned(town)
    approved(town, draft_id)
    doing = does(town, COUNTY_DESK)
    return draft_id, actions.adopt(doing=doing, draft_id=draft_id, effective_on=DAY)


READERS = (STREET, Role.DISPATCHER, COUNTY_DESK, CLERK, Role.COMMUNITY_SECRETARY)
PAGES = ("", "grids/{n}/", "leaflets/", "movers/", "movers.xlsx", "around.json", "homes.json", "today.json", "shape.json",
         "picture.svg")  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_drafts_are_for_those_who_plan_and_for_communities(town: Town, role: Role) -> None:
    draft_id = planned(town)
    n = min(numbers(town, draft_id).values())
    client = browser(town, role)
    addresses = ["/desk/plans/", *(f"/desk/plans/{draft_id}/{one.format(n=n)}" for one in PAGES)]
    expected = 200 if role in READERS else 403
    assert {one: client.get(one).status_code for one in addresses} == dict.fromkeys(
        addresses, expected
    )


def test_a_draft_of_another_street_is_not_there_for_a_street_officer(town: Town) -> None:
    draft_id = a_draft(town)
    RoleGrant.objects.filter(user_id=town.users[STREET].id).update(area_id=uuid4())
    assert shown(browser(town, STREET), draft_id).status_code == 404
    assert "方案一" not in words(browser(town, STREET).get("/desk/plans/"))
    assert shown(browser(town, COUNTY_DESK), draft_id).status_code == 200


def test_the_empty_list_says_what_to_do(town: Town) -> None:
    page = browser(town, STREET).get("/desk/plans/", headers=EN)
    assert "No draft yet" in words(page)
    assert 'href="/desk/plans/new/"' in page.content.decode()
    reader = browser(town, CLERK).get("/desk/plans/", headers=EN)
    assert 'href="/desk/plans/new/"' not in reader.content.decode()


def test_the_menu_leads_those_to_the_plans_who_may_see_them(town: Town) -> None:
    for role, there in ((STREET, True), (CLERK, True), (Role.UNIT_MEMBER, False)):
        found = browser(town, role).get("/desk/").content.decode()
        assert ('href="/desk/plans/"' in found) is there, role


def test_what_is_out_of_the_band_today_is_listed_and_the_county_sets_the_band(town: Town) -> None:
    desk = browser(town, COUNTY_DESK)
    page = desk.get("/desk/plans/", headers=EN)
    assert page.context["offenders_all"] == 6, "four grids of 72 and two communities of 144"
    assert "228 too few" in words(page)
    given = {"key": str(uuid4()), "grid-least": "50", "grid-most": "100",
             "community-least": "100", "community-most": "200"}  # fmt: skip
    assert desk.post("/desk/plans/bands/", given).status_code == 302
    assert SizeBand.objects.count() == 2
    page = desk.get("/desk/plans/", headers=EN)
    assert page.context["offenders_all"] == 0
    assert "Every grid and every community is within its band" in words(page)


def test_the_list_of_plans_says_which_hand_overs_wait(town: Town) -> None:
    draft_id = planned(town, least=60, most=90)
    moved, grid = building(town, draft_id, "G11小区2号楼"), numbers(town, draft_id)["G12小区1号楼"]
    actions.paint(doing=does(town, STREET), draft_id=draft_id, building_ids=[moved], grid=grid)
    adopted(town, draft_id)
    said = words(browser(town, STREET).get("/desk/plans/", headers=EN))
    assert "1 hand-over list has nobody who takes over." in said
    assert "takes over." not in words(browser(town, CLERK).get("/desk/plans/", headers=EN))


def test_a_band_that_cannot_be_changes_neither_level(town: Town) -> None:
    desk = browser(town, COUNTY_DESK)
    given = {"key": str(uuid4()), "grid-least": "50", "grid-most": "100",
             "community-least": "900", "community-most": "200"}  # fmt: skip
    page = desk.post("/desk/plans/bands/", given)
    assert page.status_code == 422
    assert 'href="#f-community-least"' in page.content.decode()
    assert not SizeBand.objects.exists()
    assert browser(town, STREET).get("/desk/plans/bands/").status_code == 403


def test_a_draft_says_how_good_it_is_and_who_must_move(town: Town) -> None:
    draft_id = planned(town)
    said = words(shown(browser(town, STREET), draft_id))
    assert "No plan as asked for has shorter ways." in said
    assert "At least 144 households must move; this draft moves 144." in said
    assert "than the" not in said
    few = planned(town, most_grids=1, name="方案二")
    said = words(shown(browser(town, STREET), few))
    assert "1 grid more than the 1 allowed." in said
    page = browser(town, STREET).get(f"/desk/plans/compare/?ids={draft_id}&ids={few}", headers=EN)
    lines = {line["label"]: line["cells"] for line in page.context["lines"]}
    assert lines["From the best possible at most"] == [("0 %", False), ("0 %", False)]
    assert lines["Households that must change it whatever the cut"][0] == ("144", False)
    assert lines["Grids more than allowed"] == [("0", True), ("1", False)]


def test_what_was_not_shown_of_a_draft_is_said_too(town: Town) -> None:
    draft_id = planned(town, least=60, most=90)
    moved, grid = building(town, draft_id, "G11小区2号楼"), numbers(town, draft_id)["G12小区1号楼"]
    actions.paint(doing=does(town, STREET), draft_id=draft_id, building_ids=[moved], grid=grid)
    said = words(shown(browser(town, STREET), draft_id))
    assert "How near to the best possible it is cannot be said." in said
    assert "No household was shown to have to move" in said


def test_a_draft_is_made_by_the_form(town: Town) -> None:
    answer = make(town)
    draft = Draft.objects.get()
    assert answer.status_code == 302
    assert answer.url == f"/desk/plans/{draft.pk}/"
    assert (draft.least, draft.most, draft.seconds) == (100, 150, 10)
    assert draft.wishes == {"borders": 20, "workload": 0, "change": 30, "station": 0}
    assert draft.community_least is None


def test_the_slider_of_the_walk_is_out_of_use_until_stations_are_known(town: Town) -> None:
    page = browser(town, STREET).get("/desk/plans/new/", headers=EN).content.decode()
    assert re.search(r'name="station"[^>]* disabled', page)
    assert "Nobody has said where the stations stand." in page
    assert 'href="/desk/plans/siting/"' in page
    refused = make(town, station="40")
    assert refused.status_code == 422
    assert "Choose sites first, or leave this at 0." in refused.content.decode()
    office(town, "G11", (0, 0))
    part = browser(town, STREET).get(
        f"/desk/plans/sentence/?part=station&station=40&scope_id={town.areas['S1']}", headers=EN
    )
    assert "disabled" not in part.content.decode()
    assert "1 station of the register of buildings" in part.content.decode()
    assert make(town, station="40").status_code == 302
    assert Draft.objects.get().wishes["station"] == 40
    will = browser(town, STREET).get(
        f"/desk/plans/sentence/?scope_id={town.areas['S1']}&least=100&most=150&station=40",
        headers=EN,
    )
    assert "Grids lie nearer to a station where that costs little." in will.content.decode()


def test_the_walk_to_the_station_is_shown_with_draft_grids_and_map(town: Town) -> None:
    office(town, "G11", (0, 0))
    draft_id = planned(town)
    client = browser(town, STREET)
    page = words(shown(client, draft_id))
    assert "Walk to the station" in page
    answer = shown(client, draft_id, "shape.json").json()
    (feature,) = answer["stations"]["features"]
    assert feature["properties"] == {"name": "G11服务点"}
    assert all(
        "station G11服务点" in one["properties"]["words"] for one in answer["grids"]["features"]
    )
    side = words(client.get(f"/desk/plans/compare/?ids={draft_id}", headers=EN))
    assert "Walk to the station" in side


def test_the_same_form_sent_twice_makes_one_draft(town: Town) -> None:
    key = str(uuid4())
    first, second = make(town, key=key), make(town, key=key)
    assert first.url == second.url
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "anchor"),
    [
        ("name", " ", "name"),
        ("least", "many", "least"),
        ("least", "200", "least"),
        ("most", "", "most"),
        ("seconds", "0", "seconds"),
        ("most_grids", "0", "most_grids"),
        ("change", "101", "change"),
        ("scope_id", "nowhere", "scope_id"),
        ("frozen", "x", "frozen"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
    town: Town, field: str, typed: str, anchor: str
) -> None:
    given: dict[str, Any] = {"assumptions": "新区按已入住计", field: typed}
    page = make(town, **given)
    assert page.status_code == 422
    assert f'href="#f-{anchor}"' in page.content.decode()
    assert "新区按已入住计" in page.content.decode()
    assert not Draft.objects.exists()


def test_a_community_clerk_makes_no_draft(town: Town) -> None:
    assert make(town, CLERK).status_code == 403
    assert not Draft.objects.exists()


def test_the_form_says_in_words_what_will_happen(town: Town) -> None:
    client = browser(town, STREET)
    said = words(client.get("/desk/plans/new/", headers=EN))
    assert "Nothing changes for anybody until the plan is approved" in said
    query = {**asked(town), "communities": "cut", "change": "80", "workload": "10"}
    said = words(client.get("/desk/plans/sentence/", query, headers=EN))
    assert "The 288 households of 东街街道, today in 4 grids, come into about 2 grids" in said
    assert "Communities are cut anew too, with 3,000 to 5,000 households each." in said
    assert "As few households as possible change their grid." in said
    assert "Work is evened out where that costs little." in said
    assert "Fill in the band" in words(
        client.get("/desk/plans/sentence/", {**query, "least": ""}, headers=EN)
    )


def test_what_is_asked_for_is_changed_and_grids_are_kept(town: Town) -> None:
    draft_id = a_draft(town)
    client = browser(town, STREET)
    page = shown(client, draft_id, "change/")
    assert str(town.areas["G11"]) in page.content.decode()
    given = asked(town, name="方案二", frozen=[str(town.areas["G11"])], scope_id="")
    assert client.post(f"/desk/plans/{draft_id}/change/", given).status_code == 302
    draft = Draft.objects.get()
    assert draft.name == "方案二"
    assert draft.frozen == [town.areas["G11"]]
    assert draft.scope_id == town.areas["S1"]
    again = shown(client, draft_id, "change/").content.decode()
    assert f'value="{town.areas["G11"]}" checked' in again


def test_the_planner_is_started_watched_and_stopped_by_forms(town: Town) -> None:
    draft_id = a_draft(town)
    client = browser(town, STREET)
    assert "Start the planner" in words(shown(client, draft_id))
    assert do(client, draft_id, "start").status_code == 302
    run = DraftRun.objects.get()
    page = shown(client, draft_id)
    assert "Waits for its turn" in words(page)
    assert "Look again" in words(page), "without JavaScript one looks again"
    DraftRun.objects.update(
        state=RunState.RUNNING, stage="improve", share=0.4, grids=2, rms=81.4, within=1.0
    )
    told = shown(client, draft_id, "progress.json").json()
    assert told["alive"] is True
    assert told["words"]["stage"] == "Improves the plan"
    assert told["words"]["rms"] == "81 m"
    assert "labels" not in told
    DraftRun.objects.filter(pk=run.pk).update(preview=b"\0\0\0\0" * 8)
    told = shown(client, draft_id, "progress.json").json()
    assert told["labels"] == [0] * 8
    assert told["colours"] == {"0": 0}
    assert do(client, draft_id, "cancel").status_code == 302
    run.refresh_from_db()
    assert run.cancel


def test_starting_twice_is_refused_in_words_on_the_workbench(town: Town) -> None:
    draft_id = a_draft(town)
    client = browser(town, STREET)
    do(client, draft_id, "start")
    page = do(client, draft_id, "start")
    assert page.status_code == 409
    assert page.context["errors"][0]["message"]
    assert page.templates[0].name == "desk/plans/bench.html"


def test_a_run_that_failed_says_why_and_can_be_started_again(town: Town) -> None:
    draft_id = a_draft(town)
    client = browser(town, STREET)
    do(client, draft_id, "start")
    actions.fail(run_id=DraftRun.objects.get().pk, again=0, now=town.now, fault="something.odd")
    said = words(shown(client, draft_id))
    assert "The planner could not make a plan (something.odd)" in said
    assert "Start the planner" in said


def test_the_workbench_shows_before_and_after(town: Town) -> None:
    draft_id = planned(town)
    page = shown(browser(town, STREET), draft_id)
    lines = {line.label: line for line in page.context["figures"]}
    assert (lines["Grids"].before, lines["Grids"].after) == ("4", "2")
    assert lines["Within the band"].before == "0 %"
    assert lines["Within the band"].after == "100 %"
    assert lines["Within the band"].turn == "better"
    assert lines["Way to the middle of the grid"].turn == "worse"
    assert "Every grid is within the band and in one piece" in words(page)
    assert "Who changes grid" in words(page)


def test_a_grid_says_why_it_is_so_and_who_came_closest(town: Town) -> None:
    draft_id = planned(town, community_least=10, community_most=1000)
    number = min(numbers(town, draft_id).values())
    said = words(shown(browser(town, STREET), draft_id, f"grids/{number}/"))
    assert "Within the band it could take 6 more households, or lose 44" in said
    assert "Closest outside: " in said
    assert "(72 households, " in said.partition("Closest outside: ")[2][:80]


def test_communities_out_of_their_band_are_named_on_the_workbench(town: Town) -> None:
    client = browser(town, STREET)
    one = shown(client, planned(town, community_least=10, community_most=200))
    page = words(one)
    assert "Communities of the draft" in page
    (row,) = {row.households for row in one.context["communities"]}
    assert row == 144
    assert "households too" not in page
    tight = words(shown(client, planned(town, community_least=10, community_most=140)))
    assert "4 households too many" in tight
    assert "Communities of the draft" not in words(shown(client, planned(town)))


def test_the_map_gets_labels_colours_and_words_of_every_grid(town: Town) -> None:
    draft_id = planned(town)
    client = browser(town, STREET)
    homes = shown(client, draft_id, "homes.json").json()
    found = shown(client, draft_id, "shape.json").json()
    assert len(homes["id"]) == len(found["labels"]) == 8
    assert sum(homes["homes"]) == 288
    features = found["grids"]["features"]
    assert len(features) == 2
    known = features[0]["properties"]
    assert known["words"].startswith("144 households · 4 buildings · way ")
    assert known["wrong"] is False
    assert client.get(known["href"]).status_code == 200
    colours = found["colours"]
    assert len(set(colours.values())) == 2
    swapped = ".".join(f"{number}-{7 - colour}" for number, colour in colours.items())
    kept = shown(client, draft_id, f"shape.json?had={swapped}").json()["colours"]
    assert kept == {number: 7 - colour for number, colour in colours.items()}
    assert shown(client, draft_id, "shape.json?had=x-9.1-").status_code == 200


def test_the_picture_needs_no_script_and_shows_todays_grids_before_a_plan(town: Town) -> None:
    client = browser(town, STREET)
    before = shown(client, a_draft(town), "picture.svg")
    after = shown(client, planned(town, name="方案二"), "picture.svg")
    assert before["Content-Type"] == "image/svg+xml"
    assert before.content.decode().count("fill-opacity") == 0
    assert after.content.decode().count("fill-opacity") == 2
    assert "style" not in after.content.decode()


def moved(town: Town) -> tuple[UUID, Client, str, dict[str, int]]:
    draft_id = planned(town)
    return draft_id, browser(town, STREET), "G11小区1号楼", numbers(town, draft_id)


def test_buildings_are_moved_by_ticks_and_what_breaks_is_said(town: Town) -> None:
    draft_id, client, door, before = moved(town)
    mine = before[door]
    target = next(number for number in before.values() if number != mine)
    page = shown(client, draft_id, f"grids/{mine}/")
    house = building(town, draft_id, door)
    assert f'name="buildings" value="{house}"' in page.content.decode()
    given = {"buildings": [str(house)], "grid": str(target), "stay": str(mine)}
    answer = client.post(
        f"/desk/plans/{draft_id}/edit/paint/",
        {"key": str(uuid4()), **given}, headers=EN, follow=True,
    )  # fmt: skip
    said = words(answer)
    assert numbers(town, draft_id)[door] == target
    assert "1 building was moved." in said
    assert "now has 180 households and is out of the band" in said
    assert answer.redirect_chain[0][0].endswith(f"/grids/{mine}/")
    assert edit(client, draft_id, "undo").status_code == 302
    assert numbers(town, draft_id) == before
    assert edit(client, draft_id, "redo").status_code == 302
    assert numbers(town, draft_id)[door] == target


def test_moving_nothing_is_refused_on_the_page_of_the_grid_with_the_ticks_kept(town: Town) -> None:
    draft_id, client, door, before = moved(town)
    house = str(building(town, draft_id, door))
    page = edit(
        client, draft_id, "paint", buildings=[house], grid="99", stay=str(before[door])
    )  # fmt: skip
    assert page.status_code == 422
    assert 'href="#f-grid"' in page.content.decode()
    assert f'value="{house}" checked' in page.content.decode()
    assert edit(client, draft_id, "paint", grid="0", stay=str(before[door])).status_code == 422
    assert numbers(town, draft_id) == before


def test_a_grid_is_divided_joined_renamed_and_swapped_by_forms(town: Town) -> None:
    draft_id, client, door, before = moved(town)
    mine = before[door]
    other = next(number for number in before.values() if number != mine)
    swap = {"first_ids": f"{mine}|G11小区", "second_ids": f"{other}|G21小区"}
    assert edit(client, draft_id, "swap", **swap, stay=str(mine)).status_code == 302
    assert numbers(town, draft_id)[door] == other
    assert edit(client, draft_id, "split", grid=str(mine)).status_code == 302
    assert len(set(numbers(town, draft_id).values())) == 3
    assert (
        edit(client, draft_id, "merge", grid=str(mine), **{"with": str(other)}).status_code == 302
    )
    assert len(set(numbers(town, draft_id).values())) == 2
    name = {"grid": str(mine), "name": "和平北网格", "code": "HP-N", "stay": str(mine)}
    assert edit(client, draft_id, "rename", **name).status_code == 302
    assert "和平北网格" in words(shown(client, draft_id, f"grids/{mine}/"))
    refused = edit(client, draft_id, "rename", **{**name, "name": " ", "code": "新代码"})
    assert refused.status_code == 422
    assert "新代码" in refused.content.decode()
    assert edit(client, draft_id, "melt", grid="0").status_code == 404


def test_a_grid_of_today_is_kept_for_the_next_run_and_let_go_again(town: Town) -> None:
    draft_id, client, _, _ = moved(town)
    row = next(one for one in queries.draft(
        viewer=town.viewer(STREET), draft_id=draft_id, now=town.now).grids if one.today_id)  # fmt: skip
    given = {"grid": str(row.number), "stay": str(row.number)}
    assert edit(client, draft_id, "freeze", **given).status_code == 302
    assert Draft.objects.get().frozen == [row.today_id]
    assert edit(client, draft_id, "freeze", **given).status_code == 302
    assert Draft.objects.get().frozen == []


def test_a_clerk_reads_and_comments_and_changes_nothing(town: Town) -> None:
    draft_id, _, _, before = moved(town)
    clerk = browser(town, CLERK)
    page = shown(clerk, draft_id)
    assert "By hand" not in words(page)
    assert "Submit for approval" not in words(page)
    assert edit(clerk, draft_id, "undo").status_code == 403
    assert do(clerk, draft_id, "comment", **{"comment-text": "老街不要分开"}).status_code == 302
    assert DraftComment.objects.get().community_id == town.areas["C1"]
    assert "老街不要分开" in words(shown(browser(town, STREET), draft_id))
    empty = do(clerk, draft_id, "comment", **{"comment-text": " "})
    assert empty.status_code == 422
    assert 'href="#f-comment-text"' in empty.content.decode()
    assert do(clerk, draft_id, "submit").status_code == 403
    assert numbers(town, draft_id) == before


def test_two_levels_approve_and_each_page_shows_whose_turn_it_is(town: Town) -> None:
    draft_id = planned(town)
    street, county = browser(town, STREET), browser(town, COUNTY_DESK)
    assert do(street, draft_id, "submit").status_code == 302
    assert "Waits for the street officers to agree" in words(shown(county, draft_id))
    assert "Approve for the county" not in words(shown(county, draft_id))
    assert do(county, draft_id, "approve").status_code == 409
    assert do(street, draft_id, "agree").status_code == 302
    assert do(county, draft_id, "approve").status_code == 302
    assert status(draft_id) == Status.APPROVED
    said = words(shown(county, draft_id))
    assert "Day on which it takes effect" in said
    assert "open cases and the roles of" in said, "what happens on the day is said before"
    steps = shown(county, draft_id).context["way"]
    assert [step.mark for step in steps] == ["gone", "gone", "gone", "gone", "now"]


def test_sending_back_needs_a_reason_and_keeps_what_was_typed(town: Town) -> None:
    draft_id = planned(town)
    county = browser(town, COUNTY_DESK)
    do(browser(town, STREET), draft_id, "submit")
    refused = do(county, draft_id, "send_back", **{"send_back-reason": "字" * 501})
    assert refused.status_code == 422
    assert 'href="#f-send_back-reason"' in refused.content.decode()
    assert "字字字" in refused.content.decode()
    reason = {"send_back-reason": "河东两个小区不要分开"}
    assert do(county, draft_id, "send_back", **reason).status_code == 302
    assert status(draft_id) == Status.READY
    assert "河东两个小区不要分开" in words(shown(browser(town, STREET), draft_id))


def test_a_draft_is_withdrawn_with_a_reason(town: Town) -> None:
    draft_id = a_draft(town)
    street = browser(town, STREET)
    assert do(street, draft_id, "withdraw", **{"withdraw-reason": "另起方案"}).status_code == 302
    assert status(draft_id) == Status.WITHDRAWN
    assert "No draft is under way" in words(street.get("/desk/plans/", headers=EN))
    assert "方案一" in words(street.get("/desk/plans/?which=all", headers=EN))


@pytest.mark.parametrize("day", ["", "soon", "2026-03-02"])
def test_a_day_that_cannot_be_is_refused_at_its_field(town: Town, day: str) -> None:
    draft_id = planned(town)
    approved(town, draft_id)
    page = do(browser(town, COUNTY_DESK), draft_id, "adopt", **{"adopt-effective_on": day})
    assert page.status_code == 422
    assert 'href="#f-adopt-effective_on"' in page.content.decode()
    assert status(draft_id) == Status.APPROVED


def test_adopted_for_a_day_signed_for_and_revoked(town: Town) -> None:
    draft_id = planned(town)
    approved(town, draft_id)
    county = browser(town, COUNTY_DESK)
    given = {"adopt-effective_on": DAY.isoformat()}
    assert do(county, draft_id, "adopt", **given).status_code == 302
    page = shown(county, draft_id)
    assert "Takes effect on 2026-03-09" in words(page)
    adoption = page.context["view"].adoption
    lists = county.get(f"/desk/plans/handovers/{adoption.id}/", headers=EN)
    assert lists.context["total"] == Handover.objects.count() > 0
    paper = county.get(f"/desk/plans/handovers/{adoption.id}/print/", headers=EN)
    assert paper.status_code == 200
    assert do(county, draft_id, "revoke", **{"revoke-reason": "日期有误"}).status_code == 302
    assert status(draft_id) == Status.APPROVED


def test_giver_and_taker_sign_and_the_planner_names_who_takes(town: Town) -> None:
    draft_id = planned(town)
    target = numbers(town, draft_id)["G21小区1号楼"]
    house = building(town, draft_id, "G11小区2号楼")
    actions.paint(doing=does(town, STREET), draft_id=draft_id, building_ids=[house], grid=target)
    adoption_id = adopted(town, draft_id)[1]
    row = Handover.objects.filter(main=False).order_by("id").first()
    assert row is not None
    worker = town.users[Role.GRID_WORKER]
    street, mine = browser(town, STREET), browser(town, Role.GRID_WORKER)
    named = {"key": str(uuid4()), "user_id": str(worker.id), "adoption": str(adoption_id)}
    refused = street.post(f"/desk/plans/handovers/{row.pk}/taker/", {**named, "user_id": ""})
    assert refused.status_code == 422
    assert street.post(f"/desk/plans/handovers/{row.pk}/taker/", named).status_code == 302
    assert "list of a hand-over waits for your signature" in words(mine.get("/work/", headers=EN))
    page = mine.get("/desk/plans/handovers/", headers=EN)
    assert str(row.pk) in page.content.decode()
    signed = mine.post(f"/desk/plans/handovers/{row.pk}/sign/", {"key": str(uuid4())})
    assert signed.status_code == 302
    row.refresh_from_db()
    assert row.taker_signed_at == town.now
    assert "waits for your signature" not in words(mine.get("/work/", headers=EN))
    assert browser(town, Role.UNIT_MEMBER).get("/desk/plans/handovers/").status_code == 403
    other = browser(town, CLERK).post(
        f"/desk/plans/handovers/{row.pk}/sign/", {"key": str(uuid4())}
    )
    assert other.status_code == 403


def test_a_list_names_the_open_cases_that_move_with_it(town: Town) -> None:
    staying, moving = (report(town, point=middle(0, 0)) for _ in range(2))
    draft_id = planned(town)
    target = numbers(town, draft_id)["G21小区1号楼"]
    house = building(town, draft_id, "G11小区2号楼")
    Case.objects.filter(pk=moving.case_id).update(building=house)
    actions.paint(doing=does(town, STREET), draft_id=draft_id, building_ids=[house], grid=target)
    adoption_id = adopted(town, draft_id)[1]
    page = shown_at(town, f"/desk/plans/handovers/{adoption_id}/")
    rows = {row.main: row for row in page.context["rows"] if row.listed}
    assert [[one.number for one in rows[main].listed] for main in (True, False)] == [
        [staying.number], [moving.number]
    ]  # fmt: skip
    assert moving.number in words(page)
    assert moving.number in words(shown_at(town, f"/desk/plans/handovers/{adoption_id}/print/"))


def shown_at(town: Town, path: str) -> Any:
    return browser(town, STREET).get(path, headers=EN)


def test_up_to_four_drafts_stand_side_by_side_with_the_best_marked(town: Town) -> None:
    first = planned(town)
    second = planned(town, name="方案二", least=60, most=90)
    client = browser(town, STREET)
    page = client.get(f"/desk/plans/compare/?ids={first}&ids={second}", headers=EN)
    lines = {line["label"]: line["cells"] for line in page.context["lines"]}
    assert [shown for shown, _ in lines["Grids"]] == ["2", "4"]
    assert page.context["lines"][0]["today"] == "4"
    assert [best for _, best in lines["Way to the middle of the grid"]] == [False, True]
    assert [best for _, best in lines["Within the band"]] == [False, False], "both are as good"
    pictures = page.content.decode().count("/picture.svg?v=")
    assert pictures == 2
    many = "&".join(f"ids={planned(town, name=f'方案{n}')}" for n in range(3, 6))
    page = client.get(f"/desk/plans/compare/?ids={first}&ids={second}&{many}", headers=EN)
    assert len(page.context["rows"]) == 4
    assert "Only the first 4 are shown" in words(page)
    assert "Nothing is ticked" in words(client.get("/desk/plans/compare/", headers=EN))
    assert client.get("/desk/plans/compare/?ids=x").status_code == 302
    assert client.get(f"/desk/plans/compare/?ids={uuid4()}").status_code == 404


def test_a_leaflet_tells_a_household_its_grid_its_worker_and_where_to_ask(town: Town) -> None:
    draft_id, _ = adopted(town)
    client = browser(town, STREET)
    number = numbers(town, draft_id)["G11小区1号楼"]
    page = shown(client, draft_id, f"leaflets/?grid={number}&who=all")
    made = page.context["leaflets"]
    assert len(made) == 4
    assert "From 2026-3-9 on your home belongs to" in words(page)
    assert made[0].worker == town.users[Role.GRID_WORKER].full_name
    house = building(town, draft_id, made[0].place)
    assert made[0].address == (
        f"http://testserver/places/responsible/?building={house}&day=2026-03-09"
    )
    assert page.content.decode().count('class="qr"') == 4
    by_compound = shown(client, draft_id, f"leaflets/?grid={number}&by=compound&paper=a5&who=all")
    assert len(by_compound.context["leaflets"]) == 2
    assert "paper-a5" in by_compound.content.decode()
    assert "No leaflets" in words(shown(client, draft_id, "leaflets/?grid=77"))


def test_who_changes_grid_is_searched_paged_and_sent_as_a_table(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(movers, "SIZE", 1)
    draft_id, client = planned(town), browser(town, STREET)
    assert f'href="/desk/plans/{draft_id}/movers/"' in shown(client, draft_id).content.decode()
    first, second = (shown(client, draft_id, f"movers/?page={n}") for n in (1, 2))
    assert (first.context["total"], first.context["households"]) == (2, 144)
    names = [one.context["movers"][0].compound for one in (first, second)]
    assert len(set(names)) == 2
    only = shown(client, draft_id, f"movers/?words={names[1]}")
    assert [row.compound for row in only.context["movers"]] == [names[1]]
    assert "Nobody with these words" in words(shown(client, draft_id, "movers/?words=没有"))
    sent = shown(client, draft_id, "movers.xlsx").content
    cells = [list(row) for row in load_workbook(BytesIO(sent)).active.values]
    assert cells[0] == ["Compound", "Today", "In the draft", "Buildings", "Households"]
    assert sorted(row[0] for row in cells[1:]) == sorted(names)
    assert sum(row[4] for row in cells[1:]) == 144


def test_leaflets_are_for_those_whose_grid_changes_unless_all_are_wanted(town: Town) -> None:
    draft_id, client = planned(town), browser(town, STREET)
    first = shown(client, draft_id, "leaflets/")
    made = first.context["leaflets"]
    assert all(one.old != one.new for one in made)
    assert (len(made), first.context["count"], first.context["households"]) == (2, 2, 72)
    assert "2 leaflets · 72 households" in " ".join(words(first).split())
    place = dict(first.context["places"])
    (whole,) = [one for one, label in place.items() if label == "和平社区, the whole"]
    every = shown(client, draft_id, f"leaflets/?grid={whole}&who=all")
    assert (every.context["count"], every.context["households"]) == (4, 144)
    assert shown(client, draft_id, f"leaflets/?grid={whole}").context["count"] == 2


def test_a_household_between_two_grids_of_one_name_gets_its_leaflet(town: Town) -> None:
    draft_id, client = planned(town, least=60, most=90), browser(town, STREET)
    other = numbers(town, draft_id)["G21小区1号楼"]
    moved = building(town, draft_id, "G11小区2号楼")
    edit(client, draft_id, "rename", grid=other, name="第11网格", code="G21", stay=other)
    edit(client, draft_id, "paint", buildings=str(moved), grid=other, stay=other)
    page = shown(client, draft_id, f"leaflets/?grid={other}")
    made = {one.place: one for one in page.context["leaflets"]}
    assert len(made) == 3, "one moves, the others' grid has a new name"
    one = made["G11小区2号楼"]
    assert (one.old, one.new) == ("和平社区 第11网格", "幸福社区 第11网格")
    assert "stays in" not in words(page)
    every = shown(client, draft_id, f"leaflets/?grid={other}&who=all")
    assert every.context["count"] == 3


def test_who_stays_reads_the_name_of_the_grid_worker_of_today(town: Town) -> None:
    draft_id, client = planned(town, least=60, most=90), browser(town, STREET)
    number = numbers(town, draft_id)["G11小区1号楼"]
    assert "Nobody here changes grid" in words(shown(client, draft_id, "leaflets/"))
    made = shown(client, draft_id, f"leaflets/?who=all&grid={number}").context["leaflets"]
    assert {one.worker for one in made} == {town.users[Role.GRID_WORKER].full_name}


def test_a_hand_that_undoes_on_the_page_of_a_grid_stays_there(town: Town) -> None:
    draft_id, client = planned(town), browser(town, STREET)
    here, there = sorted(set(numbers(town, draft_id).values()))
    page = f"/desk/plans/{draft_id}/grids/{here}/"
    compounds = shown(client, draft_id, f"grids/{here}/").context["compounds"]
    moved = compounds[0][2][0].id
    edit(client, draft_id, "paint", buildings=str(moved), grid=there, stay=here)
    assert edit(client, draft_id, "undo", stay=here).url == page
    assert "Redo" in words(shown(client, draft_id, f"grids/{here}/"))
    assert edit(client, draft_id, "redo", stay=here).url == page
    assert edit(client, draft_id, "undo", stay=77).url == f"/desk/plans/{draft_id}/"


def test_many_leaflets_are_printed_in_parts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaflets, "AT_ONCE", 3)
    draft_id, client = planned(town), browser(town, STREET)
    address = f"leaflets/?who=all&grid={min(numbers(town, draft_id).values())}"
    parts = [shown(client, draft_id, f"{address}&page={n}") for n in (1, 2)]
    assert [len(one.context["leaflets"]) for one in parts] == [3, 1]
    assert "part 2 of 2" in words(parts[1])
    places = {one.place for page in parts for one in page.context["leaflets"]}
    assert len(places) == 4


def test_before_adoption_the_leaflet_is_a_sample_without_a_day(town: Town) -> None:
    page = shown(browser(town, STREET), planned(town), "leaflets/")
    assert "From ____-__-__ on" in words(page)


def test_the_grids_are_searched_sorted_and_shown_page_by_page(town: Town) -> None:
    draft_id = planned(town, least=60, most=90)
    client = browser(town, STREET)
    rows = queries.draft(viewer=town.viewer(STREET), draft_id=draft_id, now=town.now).grids
    page = shown(client, draft_id, "?order=-name")
    assert [row.code for row, _ in page.context["grids"]] == sorted(
        (row.code for row in rows), reverse=True
    )
    page = shown(client, draft_id, f"?words={rows[0].community_name}")
    assert page.context["total"] == 2
    assert "No grid with these words" in words(shown(client, draft_id, "?words=月球"))
    assert shown(client, draft_id, "?order=x&page=99").context["page"] == 1


def test_a_long_list_of_grids_has_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onegrid.web.desk.plans.bench.SIZE", 3)
    draft_id = planned(town, least=60, most=90)
    client = browser(town, STREET)
    first, second = (shown(client, draft_id, f"?page={n}") for n in (1, 2))
    assert [len(page.context["grids"]) for page in (first, second)] == [3, 1]
    assert "page 1 of 2" in words(first)
