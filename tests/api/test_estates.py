"""The register of old estates over the interface: the same rights and steps as on the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils.timezone import localtime

from onegrid.accounts.terms import Role, TokenScope
from onegrid.estates.models import Agreement, Statement, Step
from tests.api.conftest import Api
from tests.api.test_cases import problem
from tests.estates.people import an_estate, houses

READ, ACT = TokenScope.READ, TokenScope.ACT
CLERK = Role.COMMUNITY_CLERK


def told(api: Api, path: str, role: Role = CLERK) -> Any:
    return api.send("GET", path, token=api.token(role, READ))


def estate(api: Api) -> Any:
    today = localtime(api.town.now).date()
    return an_estate(api.town, day=today, due_on=today + timedelta(days=9), since=None)


def test_a_program_lists_and_reads_the_estates_of_its_area_only(api: Api) -> None:
    made = estate(api)
    an_estate(
        api.town,
        name="运输队家属院",
        building_ids=houses(api.town, "G12小区"),
        day=localtime(api.town.now).date(),
        due_on=localtime(api.town.now).date() + timedelta(days=9),
    )
    page = told(api, "/estates?search=纺织").json()
    assert (page["total"], [row["name"] for row in page["rows"]]) == (1, ["纺织厂家属院"])
    assert page["rows"][0]["households"] == 72 and page["rows"][0]["next_stage"] == "survey"
    assert told(api, "/estates").json()["total"] == 2
    assert told(api, f"/estates?stage=survey&community_id={made.community_id}").json()["total"] == 0
    found = told(api, f"/estates/{made.pk}").json()
    assert {one["value"] for one in found["statements"]} == {"none", "no", "无划线车位"}
    assert found["may_edit"] and len(found["members"]) == 2
    assert not told(api, f"/estates/{made.pk}", Role.SUPERVISOR).json()["may_edit"]
    for stranger in (Role.RESIDENT, Role.UNIT_MEMBER):
        assert told(api, "/estates", stranger).json()["total"] == 0
        assert told(api, f"/estates/{made.pk}", stranger).status_code == 404
    assert api.send("GET", "/estates").status_code == 401
    problem(told(api, "/estates?sort=name"), 422, "api.parameter")
    assert told(api, "/estates?search=%00").status_code == 422


def test_a_program_says_what_is_known_once_and_names_its_source(api: Api) -> None:
    made, key = estate(api), uuid4()
    path, body = f"/estates/{made.pk}/statements", {"about": "roads", "value": "路面破损"}
    token = api.token(CLERK, ACT)
    for _ in range(2):
        done = api.send(
            "POST", path, token=token, key=key, body={**body, "source": "3月2日现场查看"}
        )
        assert done.status_code == 200
    assert Statement.objects.filter(estate=made, about="roads").count() == 1
    said = [one for one in done.json()["statements"] if one["about"] == "roads"]
    assert [(one["value"], one["counts"]) for one in said] == [("路面破损", True)]
    problem(
        api.send("POST", path, token=token, key=uuid4(), body={**body, "source": ""}),
        422,
        "estate.source",
    )
    sees = api.token(Role.SUPERVISOR, ACT)
    refused = api.send("POST", path, token=sees, key=uuid4(), body={**body, "source": "我"})
    assert refused.status_code == 403


def test_a_program_takes_a_step_of_the_path(api: Api) -> None:
    made = estate(api)
    today = localtime(api.town.now).date()
    body = {
        "stage": "survey",
        "day": today.isoformat(),
        "due_on": (today + timedelta(days=20)).isoformat(),
        "person_id": str(api.town.users[CLERK].pk),
    }
    path, token = f"/estates/{made.pk}/steps", api.token(CLERK, ACT)
    done = api.send("POST", path, token=token, key=uuid4(), body=body).json()
    assert (done["stage"], done["steps"][0]["deed"]) == ("survey", "advance")
    back = api.send("POST", path, token=token, key=uuid4(), body={**body, "stage": "found"})
    assert back.status_code == 422
    assert Step.objects.filter(estate=made, deed="back").count() == 0
    reading = api.send("POST", path, token=api.token(CLERK, READ), key=uuid4(), body=body)
    problem(reading, 403, "api.scope")


def test_a_program_gives_minutes_that_count_owners_only_and_reads_each_stage(api: Api) -> None:
    made = estate(api)
    today = localtime(api.town.now).date()
    body = {
        "stage": "agreed",
        "day": today.isoformat(),
        "due_on": (today + timedelta(days=20)).isoformat(),
        "person_id": str(api.town.users[CLERK].pk),
        "reason": "此前各步已在社区台账记录",
        "agreement": {"owners": 72, "owners_took": 60, "owners_for": 50},
    }
    path, token = f"/estates/{made.pk}/steps", api.token(CLERK, ACT)
    done = api.send("POST", path, token=token, key=uuid4(), body=body).json()
    assert [one["stage"] for one in done["steps"]] == ["agreed", "found"]
    assert Agreement.objects.get().area is None
