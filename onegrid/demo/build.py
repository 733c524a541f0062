"""Build the demo county through the product's own actions: an end-to-end check in itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from django.conf import settings as demo_settings
from django.utils import timezone

from onegrid.accounts.actions import create_county
from onegrid.cases import actions as cases
from onegrid.common.tenancy.context import tenant_tx
from onegrid.demo.adopt import adopt_town
from onegrid.demo.approval import approve, ask_for_approval
from onegrid.demo.calls import make_calls, make_rosters
from onegrid.demo.cases import Play, settings
from onegrid.demo.divisions import TENANT_ID
from onegrid.demo.duties import bring_lists_in, file_requests, write_rules
from onegrid.demo.estates import make_estates
from onegrid.demo.exchange import set_exchange_up
from onegrid.demo.history import begin_plan, replace_earlier_cut
from onegrid.demo.layers import bring_layers
from onegrid.demo.oversight import read_reminders_of_long_ago
from onegrid.demo.people import Cast, make_people, make_units
from onegrid.demo.plans import draft_plans
from onegrid.demo.together import share_work
from onegrid.demo.town import build_town
from onegrid.grids.ports import Progress
from onegrid.grids.queries import areas, buildings
from onegrid.starter.build import build as build_starter

SEED = 370725
_CASES, _CASES_FULL = 200, 3000
_DAYS, _DAYS_FULL = 45, 180
#: How long the cut before was in force.
_BEFORE = timedelta(days=1100)


def build(*, full: bool, progress: Progress) -> None:
    """Build county, town, people and cases; the same seed gives the same county.

    Args:
        full: staff in every community and ten times the cases.
        progress: told what is being built, how far, of how much.
    """
    now = timezone.now()
    since = now - timedelta(days=400)
    create_county(code=TENANT_ID, name="昌乐县", hosts=[], is_demo=True, now=now)
    progress("town", 0, 1)
    town = build_town(np.random.default_rng(SEED))
    with tenant_tx(TENANT_ID):
        build_starter(now=now)
        adopt_town(town=town, now=now, since=since - _BEFORE, progress=progress)
        adoption_id = replace_earlier_cut(town=town, since=since)
        make_units(now=now)
        begin_plan(adoption_id=adoption_id, since=since)
        bring_lists_in(since=since)
        write_rules(since=since)
        ask_for_approval(now=now)
    with tenant_tx(TENANT_ID):
        street = areas(level="street", on=now)[0].code
        set_exchange_up(url=demo_settings.DEMO_HOTLINE_URL, street_code=street, now=now)
    with tenant_tx(TENANT_ID):
        cast = make_people(now=now, since=since, full=full, progress=progress)
    with tenant_tx(TENANT_ID):
        make_rosters(cast)
    _play(cast, full=full, now=now, progress=progress)
    with tenant_tx(TENANT_ID):
        make_calls(cast)
    with tenant_tx(TENANT_ID):
        share_work(cast)
        approve(cast)
    with tenant_tx(TENANT_ID):
        make_estates(cast)
    with tenant_tx(TENANT_ID):
        file_requests(cast, now=now)
        read_reminders_of_long_ago(cast)
    bring_layers(cast, tenant_id=TENANT_ID)
    draft_plans(cast, tenant_id=TENANT_ID)


def _play(cast: Cast, *, full: bool, now: datetime, progress: Progress) -> None:
    rng = np.random.default_rng(SEED + 1)
    assert cast.home_grid is not None
    with tenant_tx(TENANT_ID):
        communities = [area for area in areas(level="community", on=now) if area.households]
        houses = [buildings(area_id=area.id, on=now) for area in communities]
        drawn = settings(
            count=_CASES_FULL if full else _CASES,
            days=_DAYS_FULL if full else _DAYS,
            communities=communities,
            buildings=houses,
            home_grid=cast.home_grid,
            now=now,
            rng=rng,
        )
    for done, setting in enumerate(drawn, start=1):
        with tenant_tx(TENANT_ID):
            Play(setting, cast, rng).run()
        progress("cases", done, len(drawn))
    _sweep(now)


def _sweep(now: datetime) -> None:
    with tenant_tx(TENANT_ID):
        while due := cases.due_case_ids(now=now):
            for case_id in due:
                cases.mark_case(case_id=case_id, now=now)
