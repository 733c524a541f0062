"""Everything that people may do to a case, as a walk at random tries it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from onegrid.accounts.terms import Role
from onegrid.calls.actions import Wish, call_units
from onegrid.cases import actions
from onegrid.cases.actions import CoUnitGiven, Doing, Matters, MilestoneGiven, Upload, VerdictGiven
from onegrid.cases.actions.joining import JOINABLE
from onegrid.cases.actions.merging import LEADS
from onegrid.cases.actions.reopening import studied
from onegrid.cases.models import Ask, Case, CoUnit, Milestone, Part, Plan, Step, Supervision
from onegrid.cases.request import Reporter
from onegrid.core.flow import Action, State
from onegrid.outreach.actions import Page, Question, answer_question, ask_party, publish, take_down
from onegrid.outreach.actions.asking import _code
from onegrid.outreach.models import PartyRequest, PublicCase
from onegrid.outreach.terms import ANSWERED
from tests.county import Town
from tests.web.staff import photo

WORDS = "情况已核实，按规定处理"
CATEGORY = "water.leak"
PHOTO = photo().read()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Turn:
    """One try: who does it, and what is drawn for it; the case is as it was before."""

    town: Town
    case: Case
    doing: Doing
    unit: UUID
    other: UUID
    yes: bool

    @property
    def on(self) -> dict[str, Any]:
        """Return case and doing, as every action takes them."""
        return {"case_id": self.case.pk, "doing": self.doing}

    @property
    def said(self) -> dict[str, Any]:
        """Return case, doing and words."""
        return {**self.on, "text": WORDS}

    @cached_property
    def parts(self) -> list[Part]:
        """Return the matters, as they are when first asked for."""
        return list(Part.objects.filter(case_id=self.case.pk).order_by("n"))

    @property
    def answers(self) -> dict[int, str]:
        """Return an answer to each matter that is not answered elsewhere."""
        return {part.n: WORDS for part in self.parts if part.child_id is None}

    def asked(self, kind: str) -> bool:
        """Tell whether something of a kind waits for a decision."""
        rows = Ask.objects.filter(case_id=self.case.pk, kind=kind, state="open")
        return self.case.asks_open and rows.exists()

    def granted(self, kind: str) -> bool:
        """Tell whether something of a kind was granted in this round."""
        rows = Ask.objects.filter(case_id=self.case.pk, kind=kind, state="granted")
        return rows.filter(round=self.case.round).exists()

    def ordered(self, state: str) -> bool:
        """Tell whether a supervision stands so."""
        rows = Supervision.objects.filter(case_id=self.case.pk, state=state)
        return self.case.supervised and rows.exists()

    @property
    def ordered_one(self) -> UUID | None:
        """Return the supervision that is named where several wait."""
        rows = Supervision.objects.filter(case_id=self.case.pk, state__in=["open", "replied"])
        return rows.order_by("issued_at").values_list("pk", flat=True).first()

    @property
    def helpers(self) -> list[UUID]:
        """Return the helping units that owe a report."""
        rows = CoUnit.objects.filter(case_id=self.case.pk, round=self.case.round)
        owing = rows.filter(released_at__isnull=True, reported_at__isnull=True)
        return sorted(owing.values_list("unit_id", flat=True))

    def done_before(self, action: Action) -> int:
        """Return how often a step was taken."""
        return Step.objects.filter(case_id=self.case.pk, action=action).count()

    @property
    def planned(self) -> bool:
        """Tell whether there is a plan in this round."""
        return Plan.objects.filter(case_id=self.case.pk, round=self.case.round).exists()

    @property
    def milestone(self) -> int:
        """Return the number of an open milestone; 0: there is none."""
        rows = Milestone.objects.filter(plan__case_id=self.case.pk, plan__round=self.case.round)
        return rows.filter(done_at__isnull=True).values_list("n", flat=True).first() or 0

    @cached_property
    def first(self) -> UUID:
        """Return an earlier case that may lead this one; if there is none, itself."""
        rows = Case.objects.filter(opened_at__lte=self.case.opened_at, state__in=LEADS)
        rows = rows.exclude(pk=self.case.pk).order_by("opened_at", "pk")
        return rows.values_list("pk", flat=True).first() or self.case.pk

    @cached_property
    def question(self) -> PartyRequest | None:
        """Return a question by link that can still be answered."""
        rows = PartyRequest.objects.filter(case_id=self.case.pk, answered_at__isnull=True)
        return rows.filter(expires_at__gt=self.doing.now).first()


def always(turn: Turn) -> bool:
    """Let it be tried whenever the table has it."""
    return True


@dataclass(frozen=True)
class Act:
    """One thing to try.

    Attributes:
        ready: tells whether it is worth trying; what the table says is asked before.
        who: a role or ``system``; left out: whoever the table lets do it.
        weight: how often it is tried, beside the others.
        repeats: the same request once more is answered, not refused.
    """

    action: Action
    do: Callable[[Turn], object]
    ready: Callable[[Turn], bool] = always
    who: str = ""
    weight: float = 10
    repeats: bool = True


def says(act: Callable[..., object]) -> Callable[[Turn], object]:
    """Return an act that takes nothing but words."""
    return lambda turn: act(**turn.said)


def decides(act: Callable[..., object], ok: bool) -> Callable[[Turn], object]:
    """Return a decision."""
    return lambda turn: act(**turn.said, ok=ok)


def asked(kind: str) -> Callable[[Turn], bool]:
    """Return the condition that something of a kind waits."""
    return lambda turn: turn.asked(kind)


def _verdict(turn: Turn, word: str) -> object:
    given = VerdictGiven(answered=True, solved=word, satisfied=word, reason=WORDS)
    return actions.give_verdict(**turn.on, verdict=given)


def _ask_reopen(turn: Turn) -> object:
    if turn.case.state == State.CALLBACK:
        return _verdict(turn, "no")
    return actions.ask_reopen(**turn.said)


def _plan(turn: Turn) -> object:
    day = (turn.doing.now + timedelta(days=2)).date()
    return actions.publish_plan(
        **turn.on, measures=WORDS, owner_name="王强", milestones=(MilestoneGiven("完成", day),)
    )


def _dispatch(turn: Turn) -> object:
    helper = (CoUnitGiven(turn.other, WORDS),) if turn.yes and turn.other != turn.unit else ()
    return actions.dispatch(**turn.on, unit_id=turn.unit, co_units=helper)


def _class(turn: Turn) -> dict[str, Any]:
    """Return a class: mostly general, so that a walk gets on."""
    classes = ("general", "general", "major", "complex")
    drawn = classes[turn.doing.key.int % 4]
    return {**turn.said, "case_class": drawn, "category_code": CATEGORY}


def _finish(turn: Turn) -> object:
    result = "explained" if turn.granted("ending") else "solved" if turn.yes else "transferred"
    return actions.finish(**turn.on, result=result, answers=turn.answers)


def _may_finish(turn: Turn) -> bool:
    if turn.helpers or any(part.child_id and not part.answered_at for part in turn.parts):
        return False
    return turn.case.case_class != "complex" or turn.planned


def _meet(turn: Turn) -> object:
    kind = "office" if turn.case.round >= 3 else "joint"
    return actions.record_meeting(
        **turn.on, kind=kind, held_at=turn.doing.now, unit_ids=[turn.unit],
        minutes=WORDS, ruling=WORDS,
    )  # fmt: skip


def _hold(turn: Turn) -> object:
    until = turn.doing.now + (HOUR if turn.yes else 20 * MINUTE)
    return actions.ask_hold(**turn.said, reason="weather", until=until)


def _co_report(turn: Turn) -> object:
    return actions.co_report(**turn.said, unit_id=turn.helpers[0] if turn.yes else None)


def _split(turn: Turn) -> object:
    open_ones = [part.n for part in turn.parts if not part.child_id and not part.answered_at]
    chosen = tuple(open_ones[1:2])
    matters = Matters("general", CATEGORY, chosen, "" if chosen else WORDS)
    if turn.yes:
        matters = Matters("general", CATEGORY, chosen, matters.text, turn.unit)
    return actions.split(**turn.on, matters=matters)


def _may_split(turn: Turn) -> bool:
    open_ones = [part for part in turn.parts if not part.child_id and not part.answered_at]
    return bool(open_ones) and len(turn.parts) < 4 and Case.objects.count() < 9


def _emergency(turn: Turn) -> object:
    return actions.emergency(**turn.said, line="119", called_by="值班员", called_at=turn.doing.now)


def _name(turn: Turn) -> object:
    lead = turn.case.lead_unit_id
    unit = lead if lead is not None and turn.yes else turn.unit
    return actions.name_subjects(**turn.said, account_ids=[], unit_ids=[unit])


def _ask_party(turn: Turn) -> object:
    whom = Question(whom="other", way="link", question=WORDS, to_whom="物业", days=3)
    return ask_party(**turn.on, question=whom)


def _answer_party(turn: Turn) -> None:
    assert turn.question is not None
    code = _code(turn.question.pk)
    answer_question(
        code=code, text=WORDS, name="", uploads=(), now=turn.doing.now, key=turn.doing.key
    )


def _publish(turn: Turn) -> object:
    shown = PublicCase.objects.filter(case_id=turn.case.pk, shown=True).exists()
    if shown and turn.yes:
        return take_down(**turn.on, reason=WORDS)
    return publish(**turn.on, page=Page("漏水", "楼道漏水。", "已更换。"))


def _call(turn: Turn) -> object:
    unit = turn.town.units["water_bureau"]
    return call_units(**turn.on, wish=Wish((unit,), "normal", WORDS, "东门"))


def _join(turn: Turn) -> object:
    phone = f"139{turn.doing.key.int % 10**8:08d}"
    by = Doing(turn.town.viewer(Role.RESIDENT).anonymous(turn.doing.viewer.tenant_id),
               turn.doing.now, turn.doing.key)  # fmt: skip
    return actions.join(case_id=turn.case.pk, doing=by, reporter=Reporter(phone=phone), text=WORDS)


def _on_spot(turn: Turn) -> object:
    return actions.handle_on_spot(**turn.on, category_code=CATEGORY, answers=turn.answers)


def _kind(turn: Turn) -> object:
    kind = "inquiry" if turn.case.kind == "complaint" else "complaint"
    return actions.change_kind(**turn.said, kind=kind)


def _attach(turn: Turn) -> object:
    return actions.attach(**turn.on, uploads=(Upload("photo", PHOTO),), phase="after")


def _of_order(act: Callable[..., object]) -> Callable[[Turn], object]:
    return lambda turn: act(**turn.said, supervision_id=turn.ordered_one)


def _unit(act: Callable[..., object], **more: str) -> Callable[[Turn], object]:
    return lambda turn: act(**turn.said, unit_id=turn.unit, **more)


_A = Action
ACTS: tuple[Act, ...] = (
    Act(_A.START_TRIAGE, lambda turn: actions.start_triage(**turn.on)),
    Act(_A.START_TRIAGE, _on_spot, who=Role.GRID_WORKER, weight=2),
    Act(_A.ASK_INFO, says(actions.ask_info), lambda turn: turn.case.info_waits < 2, weight=3),
    Act(_A.SUPPLY_INFO, says(actions.supply_info), weight=5),
    Act(_A.GIVE_UP_WAITING, lambda turn: actions.give_up_waiting(**turn.on), weight=5),
    Act(_A.REFUSE, lambda turn: actions.refuse(**turn.said, reason="court"), weight=2,
        ready=lambda turn: not turn.case.supervised),
    Act(_A.APPEAL, says(actions.appeal), lambda turn: not turn.done_before(_A.APPEAL), weight=30),
    Act(_A.ANSWER_NOW, lambda turn: actions.answer_now(**turn.on, answers=turn.answers), weight=1),
    Act(_A.CLASSIFY, lambda turn: actions.classify(**_class(turn)), weight=30),
    Act(_A.RECLASSIFY, lambda turn: actions.reclassify(**_class(turn)), weight=2),
    Act(_A.DISPATCH, _dispatch, weight=30),
    Act(_A.ASK_RETURN, lambda turn: actions.ask_return(
        **turn.said, item="第12项", unit_id=turn.other), weight=6,
        ready=lambda turn: turn.other != turn.case.lead_unit_id),
    Act(_A.UPHOLD_RETURN, decides(actions.decide_return, ok=True), asked("return")),
    Act(_A.REFUSE_RETURN, decides(actions.decide_return, ok=False), asked("return")),
    Act(_A.TO_ARBITRATION, says(actions.put_to_ruling), asked("return")),
    Act(_A.DESIGNATE, _unit(actions.designate), asked("return"), weight=20),
    Act(_A.ADD_UNIT, _unit(actions.add_unit), weight=3,
        ready=lambda t: t.unit not in {t.case.lead_unit_id, *t.case.co_unit_ids}),
    Act(_A.RELEASE_UNIT, _unit(actions.release_unit), weight=6,
        ready=lambda turn: turn.unit in turn.case.co_unit_ids),
    Act(_A.CO_REPORT, _co_report, lambda turn: bool(turn.helpers), weight=20, repeats=False),
    Act(_A.MEET, _meet, weight=0.5),
    Act(_A.MEET, _meet, weight=30, repeats=False, ready=lambda turn: turn.case.state == "reopen_req"
        and turn.case.round >= 3 and not studied(turn.case)),
    Act(_A.ACCEPT, lambda turn: actions.accept(**turn.on), weight=30),
    Act(_A.START, says(actions.start), weight=30),
    Act(_A.PUBLISH_PLAN, _plan, weight=20,
        ready=lambda turn: turn.case.case_class == "complex" and not turn.planned),
    Act(_A.REPORT_MILESTONE, lambda turn: actions.report_milestone(**turn.said, n=turn.milestone),
        lambda turn: turn.milestone > 0, weight=12),
    Act(_A.ASK_HOLD, _hold, lambda turn: not turn.asked("hold"), weight=4),
    Act(_A.GRANT_HOLD, decides(actions.decide_hold, ok=True), asked("hold"), weight=12),
    Act(_A.REFUSE_HOLD, decides(actions.decide_hold, ok=False), asked("hold"), weight=6),
    Act(_A.RESUME, says(actions.resume), weight=6),
    Act(_A.ASK_EXTENSION, lambda turn: actions.ask_extension(**turn.said, minutes=20), weight=4,
        ready=lambda turn: not turn.done_before(_A.ASK_EXTENSION)),
    Act(_A.GRANT_EXTENSION, decides(actions.decide_extension, ok=True), asked("extension")),
    Act(_A.REFUSE_EXTENSION, decides(actions.decide_extension, ok=False), asked("extension")),
    Act(_A.ASK_ENDING, says(actions.ask_ending), lambda turn: not turn.asked("ending"), weight=4),
    Act(_A.GRANT_ENDING, decides(actions.decide_ending, ok=True), asked("ending")),
    Act(_A.REFUSE_ENDING, decides(actions.decide_ending, ok=False), asked("ending")),
    Act(_A.HAND_OVER, lambda turn: actions.hand_over(**turn.said, body="法院"), weight=2),
    Act(_A.EXTERNAL_NEWS, says(actions.external_news), weight=1),
    Act(_A.TAKE_BACK, says(actions.take_back), weight=5),
    Act(_A.EXTERNAL_DONE, lambda turn: actions.external_done(
        **turn.on, result="solved", answers=turn.answers), lambda turn: not turn.helpers),
    Act(_A.FINISH, _finish, _may_finish, weight=40),
    Act(_A.VERIFY_OK, decides(actions.verify, ok=True), weight=30),
    Act(_A.VERIFY_FAIL, decides(actions.verify, ok=False), weight=6),
    Act(_A.LOG_CALLBACK, lambda turn: actions.log_callback(**turn.on, note=WORDS), weight=5),
    Act(_A.CLOSE, lambda turn: _verdict(turn, "yes"), lambda turn: not turn.case.supervised,
        weight=40),
    Act(_A.KEEP_VERDICT, lambda turn: _verdict(turn, "yes"), lambda turn: turn.case.supervised,
        weight=15),
    Act(_A.ASK_REOPEN, _ask_reopen, weight=8),
    Act(_A.REOPEN, decides(actions.decide_reopen, ok=True), weight=15,
        ready=lambda turn: turn.case.round < 3 or studied(turn.case)),
    Act(_A.REFUSE_REOPEN, decides(actions.decide_reopen, ok=False), weight=20,
        ready=lambda turn: turn.case.round > 1),
    Act(_A.MERGE, lambda turn: actions.merge(**turn.said, into=turn.first), weight=4,
        ready=lambda turn: turn.first != turn.case.pk),
    Act(_A.UNMERGE, says(actions.unmerge), weight=1.5),
    Act(_A.SPLIT, _split, _may_split, weight=2),
    Act(_A.JOIN, _join, lambda turn: turn.case.state in JOINABLE, who="system", weight=0.5),
    Act(_A.EMERGENCY, _emergency, weight=0.3),
    Act(_A.SUPERVISE, lambda turn: actions.supervise(
        **turn.said, kind="daily", trigger=5, days=2), lambda turn: not turn.ordered_one, weight=1),
    Act(_A.REPLY_SUPERVISION, _of_order(actions.reply_supervision),
        lambda turn: turn.ordered("open"), weight=8),
    Act(_A.SETTLE_SUPERVISION, _of_order(actions.settle_supervision),
        lambda turn: turn.ordered("replied"), weight=12),
    Act(_A.REJECT_REPLY, _of_order(actions.reject_reply), lambda turn: turn.ordered("replied"),
        weight=5),
    Act(_A.ASK_PARTY, _ask_party, weight=0.5),
    Act(_A.PARTY_ANSWERED, _answer_party, lambda turn: turn.question is not None, who="system",
        weight=4, repeats=False),
    Act(_A.CALL_UNITS, _call, who=Role.COMMUNITY_CLERK, weight=0.5),
    Act(_A.PUBLISH, _publish, lambda turn: turn.case.state in ANSWERED, weight=3),
    Act(_A.CHANGE_KIND, _kind, weight=1),
    Act(_A.NAME_SUBJECTS, _name, lambda turn: turn.case.kind == "complaint", weight=4),
    Act(_A.WITHDRAW, says(actions.withdraw), weight=0.2),
    Act(_A.NOTE, says(actions.note), weight=0.3),
    Act(_A.ATTACH, _attach, weight=0.3),
    Act(_A.REMIND, says(actions.remind), weight=0.3),
    Act(_A.REPEAT, says(actions.repeat), weight=0.3),
)  # fmt: skip

#: Steps that come by themselves: in the wake of an act, or as time goes by.
WAKE: Mapping[Action, str] = {
    Action.SEND_TO_VERIFY: "finish",
    Action.SKIP_VERIFY: "finish",
    Action.FOLLOW: "the leading case is answered",
    Action.CHILD_ANSWERED: "a part is answered",
    Action.LINK: "merge",
    Action.TAKE_AWAY: "name_subjects",
    Action.ESCALATE: "time",
    Action.MARK_DUE_SOON: "time",
    Action.MARK_OVERDUE: "time",
}
