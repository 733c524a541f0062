"""Random people do random things to a few cases, by the real actions on the real database."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions, standing
from onegrid.cases.actions import Doing
from onegrid.cases.models import Case, Step
from onegrid.common.refusals import Refusal
from onegrid.core.calendar import add_working, add_working_days
from onegrid.core.flow import BY_ACTION, FINAL, OPEN, Action, Actor, State
from onegrid.organisation.queries import calendars
from tests.county import COUNTY, Town, report
from tests.flows.acts import Act, Turn
from tests.flows.acts_approval import ALL
from tests.flows.approving import head
from tests.flows.invariants import ALONE, check, kept_of
from tests.flows.reach import (
    Ready,
    asked_twice,
    merged,
    planned,
    submitted,
    submitted_plan,
    to_verify,
    two_matters,
)
from tests.flows.sharing import member

UNITS = ("water_bureau", "urban_management", "community-C1")
MINUTE = timedelta(minutes=1)
#: How often somebody tries something before hypothesis draws again.
TRIES = 4
#: Cases that are far on when a walk begins.
SCENES: tuple[Ready, ...] = (two_matters, asked_twice, planned, to_verify, merged)
#: The same in a county that asks for approval of everything.
ASKING: tuple[Ready, ...] = (submitted_plan, two_matters, submitted, submitted_plan, merged)
#: A walk plays with so many cases besides, opens more when fewer are open, and stops at the most.
FIRST, FEWEST, MOST = 2, 2, 7
#: So many rare steps are tried so many times more often.
_RAREST, _RARE = 20, 5
#: What weighs more is done again and again; the rest mostly once, and less often each time.
_STEADY, _NEW = 20, 3
SLEEPING = frozenset({State.MERGED})


class Tally:
    """What all walks of a run have done together."""

    def __init__(self) -> None:
        self.accepted = self.refused = self.walks = 0
        self.steps: Counter[str] = Counter()

    def rarest(self) -> frozenset[Action]:
        """Return the steps that were taken least often so far."""
        counted = sorted((self.steps[action], action) for action in BY_ACTION)
        return frozenset(action for _, action in counted[:_RAREST])

    def lines(self) -> list[str]:
        """Return what was done, the rarest steps last."""
        known = set(BY_ACTION) - {Action.SUBMIT}
        missing = sorted(known - set(self.steps))
        counted = ", ".join(f"{name} {n}" for name, n in self.steps.most_common())
        return [
            f"{self.accepted} acts done, {self.refused} refused, {self.walks} walks",
            f"{sum(self.steps.values())} steps written, {len(known) - len(missing)} of "
            f"{len(known)} actions; never: {', '.join(missing) or 'none'}",
            counted,
        ]


class Walk(RuleBasedStateMachine):
    """Some cases of one small county; every example begins and ends with an empty desk."""

    town: Town
    tally: Tally
    turn: int
    #: the county asks for approval of plans and of all reports of done
    asks: bool
    #: steps that the walks before have seldom taken
    rare: frozenset[Action]

    def __init__(self) -> None:
        """Open the cases inside a savepoint of the test's transaction."""
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = self.town.now
        self.known: dict[UUID, int] = {}
        self.merged: dict[UUID, dict[str, Any]] = {}
        self.done: Counter[Action] = Counter()
        self.tries = 0
        self.trace: list[str] = []
        self.tally.walks += 1
        for _ in range(FIRST):
            self._open(Random(self.turn))
        self._look()

    def teardown(self) -> None:
        """Look at every case once more, and undo the example."""
        try:
            for case in Case.objects.all():
                check(case, self.now)
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize(which=st.integers(0, len(SCENES) - 1))
    def one_is_far_on(self, which: int) -> None:
        """Begin with a case that is far on already, so that walks reach what is rare."""
        scene = (ASKING if self.asks else SCENES)[which]
        self.now = max(self.now, scene(self.town).case.changed_at) + MINUTE
        self._look()

    @rule(seeds=st.lists(st.integers(0, 2**32), min_size=TRIES, max_size=TRIES))
    def people_act(self, seeds: list[int]) -> None:
        """Let several people act one after the other; the last number may let time go by."""
        for seed in seeds:
            self.tries += 1
            draw = Random(f"{self.turn}/{self.tries}/{seed}")
            self.now += MINUTE
            if draw.randrange(12) == 0:
                self._time(draw)
            else:
                self._act(draw)

    def _time(self, draw: Random) -> None:
        """Let time go by in duty hours, to a due time or over days; the timers do what is theirs."""
        duty, office = calendars()["grid"], calendars()["office"]
        ways: list[Callable[[], datetime]] = [
            lambda: add_working(duty, self.now, draw.choice((10, 30, 120)) * MINUTE),
            lambda: add_working(duty, self.now, draw.choice((10, 30, 120)) * MINUTE),
            self._next_due,
            lambda: add_working_days(office, self.now, draw.choice((1, 1, 2, 6))),
        ]
        self.now = max(self.now + MINUTE, draw.choice(ways)())
        self.trace.append(f"time goes by to {self.now:%m-%d %H:%M}")
        with self._told():
            self._timers(draw)
            self._look()

    def _next_due(self) -> datetime:
        rows = Case.objects.filter(due_at__gt=self.now).order_by("due_at")
        due = rows.values_list("due_at", flat=True).first()
        return due + MINUTE if due is not None else self.now + 30 * MINUTE

    def _timers(self, draw: Random) -> None:
        actions.mark_cases(case_ids=actions.due_case_ids(now=self.now), now=self.now)
        for case_id in actions.hold_over_ids(now=self.now):
            actions.end_hold(case_id=case_id, doing=self._doing(_SYSTEM, draw))
        for case_id in actions.waited_out_ids(now=self.now):
            actions.give_up_waiting(case_id=case_id, doing=self._doing(_SYSTEM, draw))
        for case_id in actions.to_check_ids():
            actions.check_case(case_id=case_id, now=self.now)

    def _open(self, draw: Random) -> None:
        parts = ("楼下水管漏水", "路灯不亮") if draw.randrange(3) == 0 else ()
        known = {"by": Role.RESIDENT} if draw.randrange(3) else {"by": None, "phone": "13900000002"}
        report(self.town, at=self.now, text="水管漏水", parts=parts, **known)
        self.now += MINUTE

    def _act(self, draw: Random) -> None:
        """Let somebody do what the table lets them do now; a refusal changes nothing."""
        rows = list(Case.objects.order_by("opened_at", "number"))
        awake = sum(row.state in OPEN - SLEEPING for row in rows)
        if awake < FEWEST and len(rows) < MOST:
            self._open(draw)
            return self._look()
        case = draw.choice([row for row in rows if awake == 0 or row.state not in FINAL] or rows)
        if draw.randrange(8) == 0:
            case = draw.choice(rows)
        wild = draw.randrange(12) == 0
        unit, other = (self.town.units[draw.choice(UNITS)] for _ in range(2))
        by, yes = self._doing(_SYSTEM, draw), draw.random() < 0.5
        turn = Turn(self.town, case, by, unit, other, yes)
        found = self._chosen(draw, turn, wild)
        if found is not None:
            act, who = found
            turn.doing = replace(turn.doing, viewer=who, as_reporter=who is _NOBODY)
            with self._told():
                self._try(act, turn)
        return None

    def _chosen(self, draw: Random, turn: Turn, wild: bool) -> tuple[Act, Viewer] | None:
        """Return an act that fits the state, and somebody who may do it; or anything at all."""
        people = self._people()
        if wild:
            return draw.choice(_WILD), draw.choice(people)
        able = self._able(turn.case, people)
        fitting = [
            act
            for act in ALL
            if turn.case.state in BY_ACTION[act.action].sources
            and (act.who or not BY_ACTION[act.action].actors.isdisjoint(able))
        ]
        weights = [self._weight(act) for act in fitting]
        for _ in range(6):
            if not fitting:
                return None
            act = draw.choices(fitting, weights)[0]
            if act.ready(turn) or (act.repeats and draw.randrange(12) == 0):
                return act, self._who(draw, act, able)
        return None

    def _weight(self, act: Act) -> float:
        """Return how likely an act is: what was done in this walk less, what is rare in all more."""
        rare = _RARE if act.action in self.rare else 1
        seen = self.done[act.action]
        if act.weight > _STEADY:
            return rare * act.weight
        return rare * act.weight * (1 / (1 + seen / 3) if seen else _NEW)

    def _who(self, draw: Random, act: Act, able: dict[Actor, list[Viewer]]) -> Viewer:
        if act.who:
            return _SYSTEM if act.who == "system" else self.town.viewer(Role(act.who))
        actors = sorted(BY_ACTION[act.action].actors & able.keys())
        return draw.choice(able[draw.choice(actors)])

    def _people(self) -> list[Viewer]:
        units = [member(self.town, unit) for unit in UNITS]
        heads = [head(self.town, unit) for unit in UNITS[:2]]
        alone = head(self.town, UNITS[0], ALONE, itself=True)
        return [*self.town.staff.values(), *units, *heads, alone, _SYSTEM]

    @staticmethod
    def _able(case: Case, people: list[Viewer]) -> dict[Actor, list[Viewer]]:
        """Return who stands in which relation to a case."""
        handlers = standing.handlers_of(case)
        found: dict[Actor, list[Viewer]] = {}
        for viewer in people:
            for actor in standing.relations(viewer, case, handlers=handlers):
                found.setdefault(actor, []).append(viewer)
        if case.reporter_id is None:
            found[Actor.REPORTER] = [_NOBODY]
        return found

    def _try(self, act: Act, turn: Turn) -> None:
        case = turn.case
        who = turn.doing.viewer.name or "system"
        line = f"{self.now:%m-%d %H:%M} {case.number[-6:]} {case.state} {act.action} by {who}"
        self.trace.append(line)
        if case.state != State.MERGED:
            self.merged[case.pk] = kept_of(case)
        try:
            with transaction.atomic():
                act.do(turn)
        except Refusal as refusal:
            self.trace[-1] += f": {refusal.code}"
            self.tally.refused += 1
            assert _row(Case.objects.get(pk=case.pk)) == _row(case), "a refusal changed the case"
            return
        self.tally.accepted += 1
        self.done[act.action] += 1
        if act.repeats:
            _again(act, turn)
        self._look()

    def _look(self) -> None:
        """Look at every case that has new steps, and count them."""
        for case in Case.objects.all():
            seen = self.known.get(case.pk, 0)
            if case.step_count == seen:
                continue
            steps = check(case, self.now)
            self.known[case.pk] = case.step_count
            for step in steps[seen:]:
                self.tally.steps[step.action] += 1
                self._check_step(case, step)

    def _check_step(self, case: Case, step: Step) -> None:
        """Hold a step to what the table says, and an undone merger to what was before."""
        line = BY_ACTION.get(Action(step.action))
        if line is None:
            assert step.action == Action.OPEN
            return
        assert step.from_state in line.sources and step.relation in line.actors
        assert line.target in {None, step.to_state}
        if step.action == Action.UNMERGE:
            assert kept_of(case) == self.merged.get(case.pk, kept_of(case))

    def _doing(self, viewer: Viewer, draw: Random) -> Doing:
        return Doing(viewer=viewer, now=self.now, key=UUID(int=draw.getrandbits(128)))

    def _told(self) -> _Told:
        return _Told(self.trace)


_SYSTEM = Viewer.system(COUNTY)
#: A reporter without an account, who has shown number and query code.
_NOBODY = Viewer.anonymous(COUNTY)
#: What can be tried without anything prepared for it.
_WILD = tuple(act for act in ALL if act.repeats)


class _Told:
    """Prints how it came to a failure."""

    def __init__(self, trace: list[str]) -> None:
        self.trace = trace

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: object, error: object, where: object) -> None:
        if error is not None:
            print("\n".join(["how it came to this:", *self.trace[-80:]]))


def _row(case: Case) -> dict[str, Any]:
    return {field.attname: getattr(case, field.attname) for field in Case._meta.concrete_fields}


def _again(act: Act, turn: Turn) -> None:
    """The same key once more writes nothing."""
    steps = Step.objects.count()
    with transaction.atomic():
        act.do(turn)
    assert Step.objects.count() == steps, "a repeated request wrote a step"


def wanted() -> int:
    """Return how many acts shall be done in all: ``ONEGRID_MACHINE_STEPS``."""
    return int(os.environ.get("ONEGRID_MACHINE_STEPS", "300"))


def first_round() -> int:
    """Return the number of the first round, from which everything is drawn."""
    return int(os.environ.get("ONEGRID_MACHINE_FIRST", "1"))
