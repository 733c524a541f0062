"""A case by the interface for an area as a whole."""

from __future__ import annotations

from uuid import uuid4

from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases.models import Case
from tests.api.conftest import Api


def test_an_area_is_a_place_and_an_unknown_one_opens_nothing(api: Api) -> None:
    token = api.token(Role.DISPATCHER, TokenScope.OPEN)
    for area, status in ((api.town.areas["C2"], 201), (uuid4(), 404)):
        body = {"text": "村口路灯不亮", "place": {"area_id": str(area)}}
        assert api.send("POST", "/cases", token=token, body=body, key=uuid4()).status_code == status
    case = Case.objects.get()
    assert (case.community_id, case.grid_id, case.lon) == (api.town.areas["C2"], None, None)
    assert case.address == "东街街道幸福社区"
