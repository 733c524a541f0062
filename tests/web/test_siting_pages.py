"""Pages of siting: ask, wait, look at the answer, take it off the list."""

from __future__ import annotations

from uuid import uuid4

from onegrid.accounts.terms import Role
from onegrid.plans.siting import work
from tests.conftest import COUNTY, MONDAY
from tests.county import Town
from tests.plans.test_siting import asked_jobs, offices  # noqa: F401 - fixtures
from tests.web.staff import browser, travel


def test_the_page_asks_waits_and_shows_the_answer(offices: Town) -> None:  # noqa: F811
    with travel(MONDAY):
        client = browser(offices, Role.SUPERVISOR)
        form = {
            "key": str(uuid4()),
            "name": "充电棚选址",
            "purpose": "shed",
            "aim": "walk",
            "scope": str(offices.areas["S1"]),
            "stations": "1",
            "reach_m": "300",
            "uses": ["service"],
        }
        bad = client.post("/desk/plans/siting/", {**form, "reach_m": "x"})
        assert bad.status_code == 422 and "充电棚选址" in bad.content.decode()
        page = client.post("/desk/plans/siting/", form, follow=True)
        assert page.context["waiting"]
        made = page.context["row"].id
        work.work(tenant_id=COUNTY, siting_id=made, clock=lambda: offices.now)
        shown = client.get(f"/desk/plans/siting/{made}/")
        assert shown.context["drawing"].marks and shown.context["total"] > 0
        assert client.get(f"/desk/plans/siting/{made}/sites.xlsx").status_code == 200
        assert client.get("/desk/plans/siting/").status_code == 200
        client.post(f"/desk/plans/siting/{made}/drop/", {"key": str(uuid4())})
        assert client.get(f"/desk/plans/siting/{made}/").status_code == 404
