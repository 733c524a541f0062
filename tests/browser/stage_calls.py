"""Calls in three stages, by the product's own actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.calls import actions, code
from onegrid.calls.actions import ShiftGiven, Wish
from onegrid.calls.models import Summons
from onegrid.cases.actions import Doing, Upload
from tests.browser.stage_cases import picture
from tests.calls.people import colleague
from tests.county import Town

MINUTE = timedelta(minutes=1)


def make_calls(town: Town, now: datetime) -> None:
    """Call the police, who have somebody on duty: waiting, reported, ended."""
    head = colleague(town, "police", "孙军", "13800000031", Role.UNIT_HEAD)
    assert head.user_id is not None
    unit, begun = town.units["police"], now - 90 * MINUTE
    team = actions.add_team(viewer=head, unit_id=unit, kind="on_call", name="巡逻机动组", now=begun)
    given = ShiftGiven(head.user_id, begun, now + timedelta(days=5), "13800000031")
    actions.add_shift(viewer=head, team_id=team, given=given, now=begun)
    clerk = town.viewer(Role.COMMUNITY_CLERK)
    for steps in (0, 3, 5):
        _play(town, head, clerk, steps, now - 60 * MINUTE)


def _play(town: Town, head: Viewer, clerk: Viewer, steps: int, at: datetime) -> None:
    wish = Wish((town.units["police"],), "urgent", "夜市占道，消防车无法通行", "和平小区北门",
                town.areas["C1"])  # fmt: skip
    opened = actions.open_call(doing=Doing(clerk, at, uuid4()), wish=wish)
    way = Summons.objects.get(call_id=opened.call_id).pk
    then = at + 10 * MINUTE
    shown = code.current(opened.call_id, now=then)
    deeds = (
        lambda: actions.sign_in(summons_id=way, doing=Doing(head, at + MINUTE, uuid4())),
        lambda: actions.arrive(summons_id=way, doing=Doing(head, then, uuid4()), code=shown),
        lambda: actions.report(
            summons_id=way,
            doing=Doing(head, then + MINUTE, uuid4()),
            text="通道已清理",
            uploads=(Upload("photo", picture()),),
        ),
        lambda: actions.rate(
            summons_id=way, doing=Doing(clerk, then + MINUTE, uuid4()), points=(5, 5, 4)
        ),
        lambda: actions.rate(
            summons_id=way, doing=Doing(head, then + MINUTE, uuid4()), points=(4, 5, 5), words="好"
        ),
    )
    for deed in deeds[:steps]:
        deed()
