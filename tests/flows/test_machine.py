"""A state machine over the whole flow; ``python -m benchmarks.machine`` walks further."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from onegrid.common.tenant_cache import clear_all
from tests.calls.people import make_roster
from tests.conftest import MONDAY
from tests.county import county, make_town
from tests.flows.approving import rules
from tests.flows.machine import Tally, Walk, first_round, wanted

#: Walks of one round, which has a county of its own, and rules of one walk.
WALKS, RULES = 2, 40


def _round(number: int, tally: Tally) -> None:
    """Walk in a county of its own, which is gone afterwards."""
    with transaction.atomic(), county(MONDAY):
        town = make_town(MONDAY)
        make_roster(town)
        asks = number % 2 == 0
        rules(plan=int(asks), closure=3 if asks else 0)
        found = {
            "town": town, "tally": tally, "turn": number, "rare": tally.rarest(), "asks": asks,
        }  # fmt: skip
        walk: Any = type("InTown", (Walk,), found)
        run_state_machine_as_test(
            seed(number)(walk),
            settings=settings(
                max_examples=WALKS,
                stateful_step_count=RULES,
                deadline=None,
                database=None,
                derandomize=False,
                phases=(Phase.generate,),
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
        transaction.set_rollback(True)
    clear_all()


def test_whatever_people_do_no_rule_of_the_flow_is_broken(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    tally, began, number = Tally(), time.monotonic(), first_round()
    with django_db_blocker.unblock():
        while tally.accepted < wanted():
            _round(number, tally)
            spent = time.monotonic() - began
            print(f"{spent:.0f} s, round {number}: {tally.lines()[0]}", flush=True)
            number += 1
    print("\n".join(tally.lines()))
    assert len(tally.steps) >= (79 if wanted() >= 5000 else 55), tally.lines()
