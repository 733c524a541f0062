"""Pages of layers: from a file over its questions to the map, the overlay and the cross-walk."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onegrid.accounts.terms import Role
from onegrid.core.planning import Barrier
from onegrid.gis.barriers import COLUMN
from onegrid.plans.models import Feature, Layer
from onegrid.plans.queries.layers import layers
from onegrid.web.desk.layers.drawing import Ink, around, draw
from tests.conftest import MONDAY
from tests.county import Town
from tests.plans.test_layers import BOW, CELLS, corners, frame, sheet, ways, written
from tests.plans.test_overlay import CELLS as CROSSING
from tests.plans.test_overlay import brought, geojson, square
from tests.web.staff import browser, travel

BASE = "/desk/plans/layers/"


def sent(client: Client, content: bytes = b"", file: str = "a.geojson", **more: str) -> Any:
    """Send the form; with content a file, without one that was looked at."""
    data: dict[str, Any] = {"kind": "party", "name": "党建网格", "key": str(uuid4()), **more}
    if content:
        data["file"] = SimpleUploadedFile(file, content)
    return client.post(f"{BASE}new/", data)


@pytest.fixture
def client(town: Town) -> Any:
    with travel(MONDAY):
        yield browser(town, Role.SUPERVISOR)


def test_a_file_is_shown_on_the_map_before_anything_is_written(client: Client, town: Town) -> None:
    assert sent(client, geojson(CROSSING)).context["preview"].count == 3
    assert not Layer.objects.exists()
    looked = sent(client, geojson(CROSSING))
    text = looked.content.decode()
    assert 'class="d d-layer"' in text and "Nothing has been written" not in text
    done = sent(client, kept=looked.context["form"].kept, take="1")
    assert done.status_code == 302 and Feature.objects.count() == 3
    index = client.get(BASE).content.decode()
    assert "党建网格" in index and "a.geojson" in index
    (row,) = layers(viewer=town.viewer(Role.SUPERVISOR))
    assert client.get(f"{BASE}{row.id}/").status_code == 200
    client.post(f"{BASE}{row.id}/undo/", {"key": str(uuid4())})
    assert not any(one.counts for one in layers(viewer=town.viewer(Role.SUPERVISOR)))
    again = client.post(f"{BASE}{row.id}/undo/", {"key": str(uuid4())})
    assert again.status_code == 409


def test_an_unknown_system_is_asked_with_a_map_for_each_answer(client: Client) -> None:
    table = sheet([["编号", "名称", "经度", "纬度"], *corners(CELLS[0], "A1", "gcj02")])
    asked = sent(client, table, "a.xlsx")
    offered = {one["value"]: one for one in asked.context["candidates"]}
    assert list(offered) == ["wgs84", "gcj02", "bd09"]
    assert (offered["gcj02"]["inside"], offered["bd09"]["inside"]) == (100, 0)
    drawn = sum(one["drawing"] is not None for one in offered.values())
    assert asked.content.decode().count('class="drawn drawn-small"') == drawn >= 1
    kept = asked.context["form"].kept
    looked = sent(client, kept=kept, system="gcj02")
    assert looked.context["preview"].system == "gcj02" and looked.context["inside"] == 100
    assert sent(client, kept=kept, system="gcj02", take="1").status_code == 302
    assert Layer.objects.get().system == "gcj02"


def test_invalid_shapes_are_listed_and_mended_only_after_a_yes(
    client: Client, tmp_path: Path
) -> None:
    asked = sent(client, written(frame([CELLS[1], BOW]), tmp_path, "a.gpkg"), "a.gpkg")
    assert asked.context["bad"][0][0] == 2 and asked.context["question"].count == 1
    kept = asked.context["form"].kept
    still = sent(client, kept=kept, take="1")
    assert still.context["question"].kind == "mend" and not Layer.objects.exists()
    sent(client, kept=kept, mend="1", take="1")
    assert Layer.objects.get().mended == 1


@pytest.mark.parametrize(
    ("content", "name", "more", "status"),
    [
        (b"nonsense", "a.geojson", {}, 422),
        (b"{}", "a.exe", {}, 422),
        (b"", "", {}, 422),
        (b"", "", {"kept": "forged:1:2"}, 409),
        (geojson(CROSSING), "a.geojson", {"kind": "moon"}, 422),
        (geojson(CROSSING), "a.geojson", {"name": ""}, 422),
        (geojson(CROSSING), "a.geojson", {"system": "EPSG:1"}, 422),
    ],
)
def test_what_cannot_be_used_is_refused_and_writes_nothing(
    client: Client, content: bytes, name: str, more: dict[str, str], status: int
) -> None:
    answer = sent(client, content, name, **more)
    assert answer.status_code == status and answer.context["errors"][0]["message"]
    assert not Layer.objects.exists()


def test_templates_can_be_filled_in_and_brought_in(client: Client) -> None:
    for shape in ("outlines", "points"):
        file = client.get(f"{BASE}template-{shape}.xlsx").content
        kind = "party" if shape == "outlines" else "buildings"
        looked = sent(client, file, "a.xlsx", kind=kind, system="wgs84")
        assert looked.context["preview"].count == 1, shape


def test_the_overlay_names_what_does_not_fit_on_map_and_table(client: Client, town: Town) -> None:
    brought(town, "party", CROSSING)
    brought(town, "health", {"H1": square(0, 0, 2, 2), "H2": square(0.5, 0.5)})
    page = client.get(f"{BASE}overlay/?kind=party&kind=health")
    text = page.content.decode()
    for hatching in ("hatch-across", "hatch-gap", "hatch-overlap"):
        assert f'fill="url(#{hatching})"' in text
    shown = {(one.fault, one.first, one.second) for one, _ in page.context["rows"]}
    assert ("gap", "第22网格", "") in shown and ("overlap", "H1", "H2") in shown
    gaps = client.get(f"{BASE}overlay/?kind=party&kind=health&fault=gap")
    assert [one.fault for one, _ in gaps.context["rows"]] == ["gap"]
    near = client.get(f"{BASE}overlay/?kind=party&at=118.802,36.702")
    assert near.context["drawing"].bar > page.context["drawing"].bar


def test_the_cross_walk_is_a_table_and_an_excel_file(client: Client, town: Town) -> None:
    brought(town, "party", CROSSING)
    page = client.get(f"{BASE}overlay/?kind=party&table=cells")
    cells = [(row.cell_code, row.grid_code, row.main) for row in page.context["rows"]]
    assert cells[:2] == [("P1", "G11", True), ("P1", "G12", False)]
    file = client.get(f"{BASE}overlay.xlsx?kind=party&table=cells").content
    rows = list(openpyxl.load_workbook(io.BytesIO(file)).active.values)
    assert [row[1] for row in rows[1:]] == ["P1", "P1", "P2", "P3"]
    assert [row[5] for row in rows[1:]] == [80, 20, 100, 100]
    places = client.get(f"{BASE}overlay.xlsx?kind=party").content
    assert len(list(openpyxl.load_workbook(io.BytesIO(places)).active.values)) == 3


def test_the_overlay_without_layers_or_with_a_wrong_day_says_so(client: Client, town: Town) -> None:
    assert client.get(f"{BASE}overlay/").status_code == 200
    assert client.get(f"{BASE}overlay/?kind=party").status_code == 422
    brought(town, "party", CROSSING)
    assert client.get(f"{BASE}overlay/?kind=party&day=morgen").status_code == 422
    early = client.get(f"{BASE}overlay/?kind=party&day=1990-01-01")
    assert early.status_code == 409 and early.context["errors"]


def test_clerks_look_but_do_not_bring_in_and_others_do_not_look(town: Town) -> None:
    brought(town, "party", CROSSING)
    with travel(MONDAY):
        clerk = browser(town, Role.COMMUNITY_CLERK)
        assert clerk.get(BASE).status_code == 200
        assert clerk.get(f"{BASE}overlay/?kind=party").status_code == 200
        assert clerk.get(f"{BASE}new/").status_code == 403
        assert browser(town, Role.UNIT_MEMBER).get(BASE).status_code == 403
        assert Client().get(BASE).status_code == 302


def test_a_drawing_keeps_its_shape_and_leaves_out_what_is_far_away() -> None:
    box = around([square(0, 0, 2, 2)])
    made = draw(box, [Ink("a", [square(0, 0)]), Ink("b", [square(50, 50)])])
    assert made is not None and [path.css for path in made.paths] == ["a"]
    corners_of = [part.split(" ") for part in made.paths[0].line[1:-1].split("L")]
    xs = [float(x) for x, _ in corners_of]
    ys = [float(y) for _, y in corners_of]
    ratio = (max(xs) - min(xs)) / (max(ys) - min(ys))
    assert ratio == pytest.approx(0.802, abs=0.01), "cosine of the latitude"
    assert made.metres in {1, 2, 5, 10, 20, 50, 100, 200, 500}
    assert around([]) is None and draw(None, []) is None


def asked(town: Town, **more: str) -> dict[str, str]:
    """What the form of a new draft sends."""
    return {
        "key": str(uuid4()), "name": "手画方案", "scope_id": str(town.areas["S1"]), "least": "100",
        "most": "150", "communities": "keep", "most_grids": "", "seconds": "10", "seed": "0",
        "assumptions": "", "borders": "20", "workload": "0", "change": "30", **more,
    }  # fmt: skip


def test_a_draft_starts_from_a_layer_after_a_look_at_who_lies_beside_it(
    client: Client, town: Town
) -> None:
    layer_id = str(brought(town, "grids", {"W": square(0, 0, 0.555), "N": square(0, 1)}).layer_id)
    page = client.get(f"{BASE}{layer_id}/").content.decode()
    assert f"/desk/plans/new/?layer={layer_id}" in page
    form = client.get(f"/desk/plans/new/?layer={layer_id}&scope={town.areas['S1']}")
    assert (form.context["cut"].cells, len(form.context["cut"].beside)) == (2, 6)
    made = client.post("/desk/plans/new/", asked(town, layer=layer_id))
    assert made.status_code == 302
    draft = client.get(made["Location"])
    assert draft.context["view"].grids and draft.context["draft"].status == "ready"


def test_a_look_at_an_area_that_is_not_the_viewers_shows_no_buildings(
    client: Client, town: Town
) -> None:
    layer_id = str(brought(town, "grids", {"W": square(0, 0), "N": square(0, 1)}).layer_id)
    look = {"layer": layer_id, "look": "1"}
    own = client.post("/desk/plans/new/", asked(town, **look))
    assert own.context["cut"].cells == 2
    other = client.post("/desk/plans/new/", asked(town, scope_id=str(town.areas["C1"]), **look))
    assert (other.status_code, other.context["cut"], other.context["grids"]) == (200, None, [])


def test_a_draft_says_from_which_layer_its_compounds_are(client: Client, town: Town) -> None:
    plain = client.get(client.post("/desk/plans/new/", asked(town))["Location"])
    assert "部门网格" not in plain.content.decode()
    layer_id = brought(town, "compounds", {"C": square(0, 0, 2)}).layer_id
    assert client.get(f"{BASE}{layer_id}/").context["is_compounds"]
    with travel(MONDAY):
        made = client.post("/desk/plans/new/", asked(town))
        assert "部门网格" in client.get(made["Location"]).content.decode()


def test_a_layer_that_lies_elsewhere_says_so_on_the_form(client: Client, town: Town) -> None:
    layer_id = str(brought(town, "grids", {"X": square(9, 9)}).layer_id)
    form = client.get(f"/desk/plans/new/?layer={layer_id}")
    assert form.status_code == 422 and form.context["errors"]
    assert client.get(f"/desk/plans/new/?layer={uuid4()}").status_code == 404
    assert client.post("/desk/plans/new/", asked(town, layer=layer_id)).status_code == 422


def test_grids_are_frozen_in_a_new_draft_whatever_the_area(client: Client, town: Town) -> None:
    first = client.get("/desk/plans/new/")
    assert len(first.context["scopes"]) == 2 and first.context["grids"]
    looked = client.post("/desk/plans/new/", asked(town, look="1", name="东街"))
    assert looked.context["values"]["name"] == "东街"
    offered = [row_id for _, rows in looked.context["grids"] for row_id, _ in rows]
    assert str(town.areas["G11"]) in offered and len(offered) == 4
    part = "/desk/plans/sentence/?part=frozen&scope_id="
    assert str(town.areas["G22"]) in client.get(part + str(town.areas["S1"])).content.decode()
    assert 'name="frozen"' not in client.get(part + str(town.areas["C1"])).content.decode()
    made = client.post("/desk/plans/new/", asked(town, frozen=str(town.areas["G11"])))
    assert made.status_code == 302


def test_what_lines_are_is_asked_when_the_file_does_not_say(client: Client) -> None:
    asked = sent(client, ways(["1"], "lanes"), kind="barriers")
    assert asked.content.decode().count('name="barrier"') == 4 and not Layer.objects.exists()
    kept = asked.context["form"].kept
    looked = sent(client, kept=kept, kind="barriers", barrier="river")
    assert 'name="barrier" value="river"' in looked.content.decode()
    sent(client, kept=kept, kind="barriers", barrier="river", take="1")
    assert Feature.objects.get().attributes[COLUMN] == Barrier.RIVER
