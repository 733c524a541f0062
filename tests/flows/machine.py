"""Random people do random things to a few cases, by the real actions on the real database."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, clocks
from onegrid.cases.actions import CoUnitGiven, Doing, MilestoneGiven, VerdictGiven
from onegrid.cases.actions.merging import merge, unmerge
from onegrid.cases.actions.supervision import (
    reject_reply,
    reply_supervision,
    settle_supervision,
    supervise,
)
from onegrid.cases.models import Ask, Case, CoUnit, Part, Step, Supervision
from onegrid.common.refusals import Refusal
from onegrid.core.clock import ClockKind, Event, open_time, read, time_per_phase
from onegrid.core.flow import BY_ACTION, Action, State
from tests.county import COUNTY, Town, report
from tests.flows.sharing import member

WORDS = "情况已核实，按规定处理"
UNITS = ("water_bureau", "urban_management", "community-C1")
ZERO = timedelta(0)
#: How often somebody tries something before time goes by again.
TRIES = 4
#: How many cases one walk plays with.
CASES = 3


@dataclass(frozen=True)
class Turn:
    """One try: what is drawn for it."""

    case: Case
    doing: Doing
    other: UUID
    unit: UUID
    yes: bool

    @property
    def on(self) -> dict[str, Any]:
        """Return case and doing, as every action takes them."""
        return {"case_id": self.case.pk, "doing": self.doing}

    @property
    def answers(self) -> dict[int, str]:
        """Return an answer to each matter."""
        count = Part.objects.filter(case_id=self.case.pk).count()
        return {n: WORDS for n in range(1, count + 1)}


def _verdict(turn: Turn) -> object:
    word = "yes" if turn.yes else "no"
    given = VerdictGiven(answered=True, solved=word, satisfied=word, reason=WORDS)
    return actions.give_verdict(**turn.on, verdict=given)


def _plan(turn: Turn) -> object:
    day = (turn.doing.now + timedelta(days=2)).date()
    return actions.publish_plan(
        **turn.on, measures=WORDS, owner_name="王强", milestones=(MilestoneGiven("完成", day),)
    )


def _dispatch(turn: Turn) -> object:
    helper = (CoUnitGiven(turn.other, WORDS),) if turn.yes and turn.other != turn.unit else ()
    return actions.dispatch(**turn.on, unit_id=turn.unit, co_units=helper)


def _classify(turn: Turn, act: Callable[..., Case] = actions.classify) -> object:
    case_class = "complex" if turn.yes else "general"
    return act(**turn.on, case_class=case_class, category_code="water.leak", text=WORDS)


def _text(act: Callable[..., object]) -> Callable[[Turn], object]:
    return lambda turn: act(**turn.on, text=WORDS)


def _decision(act: Callable[..., object], ok: bool) -> Callable[[Turn], object]:
    return lambda turn: act(**turn.on, ok=ok, text=WORDS)


def _merge(turn: Turn) -> object:
    first = Case.objects.exclude(pk=turn.case.pk).order_by("opened_at", "number").first()
    assert first is not None
    return merge(**turn.on, into=first.pk, text=WORDS)


_UNIT = (Role.UNIT_MEMBER, "urban_management", Role.COMMUNITY_CLERK)
_DESK = (Role.DISPATCHER, Role.STREET_OFFICER, Role.COMMUNITY_CLERK)
_RULE = (Role.DISPATCHER, Role.STREET_OFFICER, Role.SUPERVISOR)
_REPORTER = (Role.RESIDENT,)
People = tuple[Role | str, ...]

#: What can be tried, in the name of whom; whoever may not is drawn now and then as well.
ACTS: Mapping[Action, tuple[People, Callable[[Turn], object]]] = {
    Action.START_TRIAGE: (_DESK, lambda turn: actions.start_triage(**turn.on)),
    Action.ASK_INFO: ((*_DESK, *_UNIT), _text(actions.ask_info)),
    Action.SUPPLY_INFO: (_REPORTER, _text(actions.supply_info)),
    Action.GIVE_UP_WAITING: (("system",), lambda turn: actions.give_up_waiting(**turn.on)),
    Action.REFUSE: (_DESK, lambda turn: actions.refuse(**turn.on, reason="court", text=WORDS)),
    Action.APPEAL: (_REPORTER, _text(actions.appeal)),
    Action.ANSWER_NOW: (_DESK, lambda turn: actions.answer_now(**turn.on, answers=turn.answers)),
    Action.CLASSIFY: (_DESK, _classify),
    Action.RECLASSIFY: (_DESK, lambda turn: _classify(turn, actions.reclassify)),
    Action.DISPATCH: (_DESK, _dispatch),
    Action.ASK_RETURN: (
        _UNIT,
        lambda turn: actions.ask_return(
            **turn.on, text=WORDS, item="清单第12项", unit_id=turn.other
        ),
    ),
    Action.UPHOLD_RETURN: (_RULE, _decision(actions.decide_return, ok=True)),
    Action.REFUSE_RETURN: (_RULE, _decision(actions.decide_return, ok=False)),
    Action.TO_ARBITRATION: (_RULE, _text(actions.put_to_ruling)),
    Action.DESIGNATE: (
        _RULE,
        lambda turn: actions.designate(**turn.on, unit_id=turn.unit, text=WORDS),
    ),
    Action.ADD_UNIT: (
        _RULE,
        lambda turn: actions.add_unit(**turn.on, unit_id=turn.unit, text=WORDS),
    ),
    Action.RELEASE_UNIT: (
        _RULE,
        lambda turn: actions.release_unit(**turn.on, unit_id=turn.unit, text=WORDS),
    ),
    Action.CO_REPORT: (_UNIT, _text(actions.co_report)),
    Action.MEET: (
        _RULE,
        lambda turn: actions.record_meeting(
            **turn.on, kind="joint", held_at=turn.doing.now, unit_ids=[turn.unit],
            minutes=WORDS, ruling=WORDS,
        ),
    ),
    Action.ACCEPT: (_UNIT, lambda turn: actions.accept(**turn.on)),
    Action.START: (_UNIT, _text(actions.start)),
    Action.PUBLISH_PLAN: (_UNIT, _plan),
    Action.REPORT_MILESTONE: (
        _UNIT,
        lambda turn: actions.report_milestone(**turn.on, n=1, text=WORDS),
    ),
    Action.ASK_HOLD: (
        _UNIT,
        lambda turn: actions.ask_hold(
            **turn.on, reason="weather", until=turn.doing.now + timedelta(hours=1), text=WORDS
        ),
    ),
    Action.GRANT_HOLD: (_RULE, _decision(actions.decide_hold, ok=True)),
    Action.REFUSE_HOLD: (_RULE, _decision(actions.decide_hold, ok=False)),
    Action.RESUME: (_UNIT, _text(actions.resume)),
    Action.ASK_EXTENSION: (
        _UNIT,
        lambda turn: actions.ask_extension(**turn.on, minutes=30, text=WORDS),
    ),
    Action.GRANT_EXTENSION: (_RULE, _decision(actions.decide_extension, ok=True)),
    Action.REFUSE_EXTENSION: (_RULE, _decision(actions.decide_extension, ok=False)),
    Action.ASK_ENDING: (_UNIT, _text(actions.ask_ending)),
    Action.GRANT_ENDING: (_RULE, _decision(actions.decide_ending, ok=True)),
    Action.REFUSE_ENDING: (_RULE, _decision(actions.decide_ending, ok=False)),
    Action.HAND_OVER: (_RULE, lambda turn: actions.hand_over(**turn.on, body="法院", text=WORDS)),
    Action.EXTERNAL_NEWS: ((*_RULE, "system"), _text(actions.external_news)),
    Action.TAKE_BACK: ((*_RULE, "system"), _text(actions.take_back)),
    Action.EXTERNAL_DONE: (
        (*_RULE, "system"),
        lambda turn: actions.external_done(**turn.on, result="solved", answers=turn.answers),
    ),
    Action.FINISH: (
        _UNIT,
        lambda turn: actions.finish(
            **turn.on, result="transferred" if turn.yes else "explained", answers=turn.answers
        ),
    ),
    Action.VERIFY_OK: ((Role.GRID_WORKER, *_RULE), _decision(actions.verify, ok=True)),
    Action.VERIFY_FAIL: ((Role.GRID_WORKER, *_RULE), _decision(actions.verify, ok=False)),
    Action.LOG_CALLBACK: (
        (Role.CALLBACK_AGENT,),
        lambda turn: actions.log_callback(**turn.on, note=WORDS),
    ),
    Action.CLOSE: ((Role.RESIDENT, Role.CALLBACK_AGENT), _verdict),
    Action.ASK_REOPEN: (_REPORTER, _text(actions.ask_reopen)),
    Action.REOPEN: (
        (Role.COMMUNITY_SECRETARY, *_RULE),
        _decision(actions.decide_reopen, ok=True),
    ),
    Action.MERGE: (_DESK, _merge),
    Action.UNMERGE: (_DESK, _text(unmerge)),
    Action.SUPERVISE: (
        (Role.SUPERVISOR,),
        lambda turn: supervise(**turn.on, kind="daily", trigger=2, text=WORDS, days=2),
    ),
    Action.REPLY_SUPERVISION: (_UNIT, _text(reply_supervision)),
    Action.SETTLE_SUPERVISION: ((Role.SUPERVISOR,), _text(settle_supervision)),
    Action.REJECT_REPLY: ((Role.SUPERVISOR,), _text(reject_reply)),
    Action.NOTE: (_DESK, _text(actions.note)),
    Action.REMIND: (_REPORTER, _text(actions.remind)),
    Action.WITHDRAW: (_REPORTER, _text(actions.withdraw)),
}  # fmt: skip
#: Tried seldom, so that walks grow long.
_SELDOM = frozenset({Action.WITHDRAW, Action.REFUSE, Action.ANSWER_NOW})


class Walk(RuleBasedStateMachine):
    """Some cases of one small county; every example begins and ends with an empty desk."""

    town: Town

    def __init__(self) -> None:
        """Open the cases inside a savepoint of the test's transaction."""
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = self.town.now
        self.cases = [
            report(self.town, at=self.now + timedelta(minutes=n), text=f"水管漏水 {n}").case_id
            for n in range(CASES)
        ]
        self.now += timedelta(minutes=CASES)
        self.done: dict[str, int] = {}
        self.tries = 0

    def teardown(self) -> None:
        """Undo the example."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(minutes=st.sampled_from((1, 7, 45, 200, 3000)))
    def time_goes_by(self, minutes: int) -> None:
        """Let time pass; the timers do what is theirs."""
        self.now += timedelta(minutes=minutes)
        for case_id in self.cases:
            actions.mark_case(case_id=case_id, now=self.now)
        for case_id in actions.hold_over_ids(now=self.now):
            actions.end_hold(case_id=case_id, doing=self._doing("system"))

    @rule(seeds=st.lists(st.integers(0, 2**32), min_size=TRIES, max_size=TRIES))
    def people_act(self, seeds: list[int]) -> None:
        """Try several things one after the other."""
        for seed in seeds:
            self.tries += 1
            self._one(Random(f"{self.tries}/{seed}"))

    def _one(self, draw: Random) -> None:
        """Try something that the table knows in the state of a case; a refusal changes nothing."""
        case = Case.objects.get(pk=draw.choice(self.cases))
        seldom = draw.randrange(20) == 0
        fitting = [
            action
            for action in ACTS
            if case.state in BY_ACTION[action].sources and (seldom or action not in _SELDOM)
        ]
        if not fitting:
            return
        action = draw.choice(fitting)
        people, act = ACTS[action]
        who = draw.choice(tuple(Role) if draw.randrange(10) == 0 else people)
        other, unit = (self.town.units[draw.choice(UNITS)] for _ in range(2))
        self._try(action, act, Turn(case, self._doing(who), other, unit, draw.random() < 0.5))
        self.everything_holds()

    def _try(self, action: Action, act: Callable[[Turn], object], turn: Turn) -> None:
        before = Case.objects.filter(pk=turn.case.pk).values().get()
        try:
            with transaction.atomic():
                act(turn)
        except Refusal:
            assert Case.objects.filter(pk=turn.case.pk).values().get() == before
        else:
            self.done[action] = self.done.get(action, 0) + 1
            _again(act, turn)

    def _doing(self, who: Role | str) -> Doing:
        return Doing(viewer=self._viewer(who), now=self.now, key=uuid4())

    def _viewer(self, who: Role | str) -> Viewer:
        if isinstance(who, Role):
            return self.town.viewer(who)
        return Viewer.system(COUNTY) if who == "system" else member(self.town, who)

    @invariant()
    def everything_holds(self) -> None:
        """Look at every case."""
        for case in Case.objects.filter(pk__in=self.cases):
            check(case, self.now)


def _again(act: Callable[[Turn], object], turn: Turn) -> None:
    """The same key once more writes nothing."""
    steps = Step.objects.count()
    act(replace(turn, doing=replace(turn.doing, seen=None)))
    assert Step.objects.count() == steps, "a repeated request wrote a step"


def check(case: Case, now: datetime) -> None:
    """Hold a case to what must be true of every case at any time."""
    steps = list(Step.objects.filter(case_id=case.pk).order_by("seq"))
    assert [step.seq for step in steps] == list(range(1, case.step_count + 1))
    assert steps[-1].to_state == case.state
    now = max(now, steps[-1].at)
    events = clocks.events_among(steps)
    _check_times(case, events, now)
    _check_shared(case)
    if case.state == State.CLOSED:
        assert not Part.objects.filter(case_id=case.pk, answered_at__isnull=True).exists()
        assert not Supervision.objects.filter(
            case_id=case.pk, state__in=["open", "replied"]
        ).exists()
        assert not _unreported(case)
        assert not case.asks_open


def _check_times(case: Case, events: list[Event], now: datetime) -> None:
    spent = time_per_phase(events, now)
    assert sum(spent.values(), ZERO) == open_time(events, now)
    assert min(spent.values()) >= ZERO
    for item in clocks.readings(case, events, now=now):
        reading = item.reading
        whole = (reading.ended or now) - reading.started
        assert ZERO <= reading.elapsed_working <= reading.elapsed_wall
        assert reading.paused_working >= ZERO
        assert reading.elapsed_wall + reading.paused_wall == whole
        if case.state != State.MERGED and any(one.action == Action.UNMERGE for one in events):
            _check_restored(reading.target, events, now)


def _check_restored(target: Any, events: list[Event], now: datetime) -> None:
    """A merger that was undone has left no trace in the clocks."""
    if target.kind in {ClockKind.SIGN}:
        return
    kept = [
        event
        for event in events
        if event.to_state != State.MERGED and event.action != Action.UNMERGE
    ]
    plain, merged = read(target, kept, now), read(target, events, now)
    assert (plain is None) == (merged is None)
    if plain is not None and merged is not None:
        assert (plain.elapsed_working, plain.due) == (merged.elapsed_working, merged.due)


def _check_shared(case: Case) -> None:
    waiting = Ask.objects.filter(case_id=case.pk, state="open").exists()
    assert waiting == case.asks_open
    helping = CoUnit.objects.filter(
        case_id=case.pk, round=case.round, released_at__isnull=True
    ).values_list("unit_id", flat=True)
    assert sorted(helping) == sorted(case.co_unit_ids)
    assert case.lead_unit_id is None or case.lead_unit_id not in case.co_unit_ids
    holds = Ask.objects.filter(
        case_id=case.pk, kind="hold", state="granted", ended_at__isnull=True
    ).count()
    assert holds == (1 if case.state == State.ON_HOLD else 0)


def _unreported(case: Case) -> bool:
    rows = CoUnit.objects.filter(case_id=case.pk, round=case.round, released_at__isnull=True)
    return rows.filter(reported_at__isnull=True).exists()


def size() -> tuple[int, int]:
    """Return walks and steps of each; ``ONEGRID_MACHINE_STEPS`` asks for more in all."""
    steps = int(os.environ.get("ONEGRID_MACHINE_STEPS", "300"))
    each = 40
    return max(1, steps // (TRIES * each // 2)), each
