"""Two people at one moment: one of them wins, nothing is written twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from onegrid.accounts.models import County
from onegrid.calls import actions, jobs
from onegrid.calls.models import Event, Summons
from onegrid.cases.actions import Doing
from onegrid.common.refusals import Conflict
from onegrid.common.tenancy.context import tenant_tx
from tests.calls.people import Roster, make_roster
from tests.conftest import COUNTY, MONDAY
from tests.county import county, make_town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed() -> Iterator[Roster]:
    """The roster, visible to other connections."""
    with county(MONDAY):
        made = make_roster(make_town(MONDAY))
    yield made
    assert County.objects.filter(code=COUNTY).exists()


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do things in a thread and a transaction each; return how each ended, sorted."""
    gate, ended = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        try:
            gate.wait(20)
            with tenant_tx(COUNTY):
                deed()
            ended.append("done")
        except Conflict as refusal:
            ended.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(ended)


def events(deed: str) -> int:
    with tenant_tx(COUNTY):
        return Event.objects.filter(deed=deed).count()


def called(roster: Roster) -> Summons:
    with tenant_tx(COUNTY):
        return roster.call()


def test_two_who_sign_in_at_once_are_told_who_was_first(committed: Roster) -> None:
    way = called(committed)
    signing = [
        lambda viewer=viewer: actions.sign_in(summons_id=way.pk, doing=committed.doing(viewer))
        for viewer in (committed.member, committed.colleague)
    ]
    assert at_once(*signing) == ["call.not_now", "done"]
    assert events("sign_in") == 1


def test_a_call_sent_twice_at_once_is_one_call(committed: Roster) -> None:
    doing = Doing(committed.clerk, MONDAY, uuid4())
    opening = lambda: actions.open_call(doing=doing, wish=committed.wish())  # noqa: E731
    assert at_once(opening, opening, opening) == ["done", "done", "done"]
    assert events("open") == 1
    with tenant_tx(COUNTY):
        assert Summons.objects.count() == 1


def test_both_sides_rating_at_once_end_the_call_once(committed: Roster) -> None:
    with tenant_tx(COUNTY):
        way = committed.reported()
    rating = [
        lambda viewer=viewer: actions.rate(
            summons_id=way.pk, doing=committed.doing(viewer), points=(5, 5, 5)
        )
        for viewer in (committed.clerk, committed.member)
    ]
    assert at_once(*rating) == ["done", "done"]
    assert (events("rate"), events("end")) == (2, 1)


def test_two_sweeps_at_once_remind_once(committed: Roster) -> None:
    way = called(committed)
    then = MONDAY + timedelta(minutes=30)
    sweep = lambda: actions.look_at(summons_id=way.pk, now=then)  # noqa: E731
    assert at_once(sweep, sweep) == ["done", "done"]
    assert events("remind") == 1


def test_the_timer_reminds_in_every_county(committed: Roster) -> None:
    called(committed)
    with time_machine.travel(MONDAY + timedelta(minutes=31), tick=False):
        assert jobs.sweep_calls(timestamp=0) == 1
        assert jobs.sweep_calls(timestamp=0) == 0
    assert events("remind") == 1


def test_two_teams_made_at_once_are_two_or_one_is_told(committed: Roster) -> None:
    unit = committed.town.units["water_bureau"]
    making = [
        lambda name=name: actions.add_team(
            viewer=committed.head, unit_id=unit, kind="on_call", name=name, now=MONDAY
        )
        for name in ("甲组", "乙组")
    ]
    assert at_once(*making) in (["done", "done"], ["done", "roster.changed"])
