"""Every step of the flow that a person takes: where from, by whom, with what, on which ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.actions import CoUnitGiven, MilestoneGiven, VerdictGiven
from onegrid.cases.models import Case
from onegrid.core.flow import Action
from tests.county import Town, doing, report
from tests.flows.approving import rules
from tests.web.staff import forward

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WORDS = "情况已核实，按规定处理完毕"
SAID: Mapping[str, Any] = {"text": WORDS}
YES: Mapping[str, Any] = {"ok": True, "text": WORDS}
NO: Mapping[str, Any] = {"ok": False, "text": WORDS}
CLERK, MEMBER, HEAD = Role.COMMUNITY_CLERK, Role.UNIT_MEMBER, Role.UNIT_HEAD
CENTRE, STREET, OFFICE = Role.DISPATCHER, Role.STREET_OFFICER, Role.SUPERVISOR
RESIDENT, WORKER, CALLER = Role.RESIDENT, Role.GRID_WORKER, Role.CALLBACK_AGENT
GOOD = VerdictGiven(answered=True, solved="yes", satisfied="yes")
ANSWERS = {1: "已更换水管阀门，现场不再漏水"}
PAGE = {"title": "楼道水管漏水", "text": "二号楼的水管漏水。", "answer": "已更换接头。"}


@dataclass(frozen=True)
class Unit:
    """A unit: programs name it by its code, pages by its id."""

    code: str


WATER, CITY, POWER = Unit("water_bureau"), Unit("urban_management"), Unit("power_company")


class Story:
    """A case that is brought to where it shall stand, a minute for each step."""

    def __init__(self, town: Town, case: Case) -> None:
        self.town, self.case = town, case

    def then(self, role: Role, act: Callable[..., object], **words: Any) -> Story:
        """Let somebody do something a minute later."""
        self.case = Case.objects.get(pk=self.case.pk)
        by = doing(self.town, role, self.case.changed_at + MINUTE)
        act(case_id=self.case.pk, doing=by, **words)
        self.case = Case.objects.get(pk=self.case.pk)
        return self


Ready = Callable[[Town], Story]


def stands(until: str, **more: Any) -> Ready:
    """Bring a case straight to a state."""
    return lambda town: Story(town, forward(town, until=until, **more))


def after(ready: Ready, role: Role, act: Callable[..., object], **words: Any) -> Ready:
    """Do one thing more; units among the words are named by id."""
    return lambda town: ready(town).then(role, act, **ids(town, words))


def ids(town: Town, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return words with the ids of units."""
    return {k: town.units[v.code] if isinstance(v, Unit) else v for k, v in words.items()}


def done(town: Town) -> Story:
    """Report a case done; the one in five that is verified passes."""
    story = Story(town, forward(town, until="in_progress"))
    return _finished(story)


def _finished(story: Story) -> Story:
    story.then(MEMBER, actions.finish, result="solved", answers=ANSWERS)
    if story.case.state == "verify":
        story.then(WORKER, actions.verify, ok=True, text=WORDS)
    return story


def to_verify(town: Town) -> Story:
    """Report a major case done: it is verified."""
    story = Story(town, forward(town, until="in_progress", case_class="major"))
    return story.then(MEMBER, actions.finish, result="transferred", answers=ANSWERS)


def planned(town: Town) -> Story:
    """Publish the plan of a complex case."""
    story = Story(town, forward(town, until="in_progress", case_class="complex"))
    stone = MilestoneGiven("完成", (town.now + 2 * DAY).date())
    plan = {"measures": WORDS, "owner_name": "王强", "milestones": (stone,)}
    return story.then(MEMBER, actions.publish_plan, **plan)


def asked_twice(town: Town) -> Story:
    """Close a case, reopen it, close it again and ask once more."""
    story = closed(town)
    story.then(RESIDENT, actions.ask_reopen, text=WORDS)
    story.then(Role.COMMUNITY_SECRETARY, actions.decide_reopen, ok=True, text=WORDS)
    story.then(CENTRE, actions.dispatch, unit_id=town.units[WATER.code])
    story.then(MEMBER, actions.accept).then(MEMBER, actions.start, text=WORDS)
    _finished(story).then(RESIDENT, actions.give_verdict, verdict=GOOD)
    return story.then(RESIDENT, actions.ask_reopen, text=WORDS)


def two_matters(town: Town) -> Story:
    """Open a case of two matters and assess it."""
    receipt = report(town, text="漏水。灯也不亮", parts=("楼下水管漏水", "路灯不亮"))
    story = Story(town, Case.objects.get(pk=receipt.case_id))
    return story.then(CLERK, actions.start_triage)


def later(town: Town) -> Story:
    """Open a case and, a minute later, the same again."""
    report(town)
    receipt = report(town, at=town.now + MINUTE)
    story = Story(town, Case.objects.get(pk=receipt.case_id))
    return story.then(CLERK, actions.start_triage)


def merged(town: Town) -> Story:
    """Merge a case into an earlier one."""
    story = later(town)
    return story.then(CLERK, actions.merge, into=_first(story.case).pk)


def _first(case: Case) -> Case:
    rows = Case.objects.exclude(pk=case.pk).filter(opened_at__lt=case.opened_at)
    return rows.order_by("-opened_at")[0]


def helped(town: Town) -> Story:
    """Give a case to a unit, with the community helping."""
    story = Story(town, forward(town, until="classified"))
    community = town.units["community-C1"]
    helper = (CoUnitGiven(community, "通知住户"),)
    return story.then(CENTRE, actions.dispatch, unit_id=town.units[WATER.code], co_units=helper)


def under_approval(ready: Ready) -> Ready:
    """Bring a case on its way in a county that asks for approval."""

    def made(town: Town) -> Story:
        rules(plan=1, closure=3)
        return ready(town)

    return made


def submitted_plan(town: Town) -> Story:
    """Submit the plan of a complex case."""
    story = under_approval(stands("in_progress", case_class="complex"))(town)
    stone = MilestoneGiven("完成", (town.now + 2 * DAY).date())
    plan = {"measures": WORDS, "owner_name": "王强", "milestones": (stone,)}
    return story.then(MEMBER, actions.ask_plan, **plan)


WORKING, SENT = stands("in_progress"), stands("dispatched")
RETURN = {"text": WORDS, "item": "第12项", "unit": CITY}
returned = after(SENT, MEMBER, actions.ask_return, text=WORDS, item="第12项", unit_id=CITY)
disputed = after(returned, CENTRE, actions.put_to_ruling, text=WORDS)
refused = after(stands("triage"), CLERK, actions.refuse, reason="court", text=WORDS)
waiting = after(stands("triage"), CLERK, actions.ask_info, text=WORDS)
complaint = after(stands("triage"), CLERK, actions.change_kind, kind="complaint", text=WORDS)
outside = after(WORKING, CENTRE, actions.hand_over, body="法院", text=WORDS)
answered = after(stands("triage"), CLERK, actions.answer_now, answers=ANSWERS)
closed = after(done, RESIDENT, actions.give_verdict, verdict=GOOD)
reopening = after(closed, RESIDENT, actions.ask_reopen, text=WORDS)
more_time = after(WORKING, MEMBER, actions.ask_extension, minutes=30, text=WORDS)
no_solution = after(WORKING, MEMBER, actions.ask_ending, text=WORDS)
ORDER = {"kind": "listed", "trigger": 5, "text": WORDS, "days": 2}
ordered = after(WORKING, OFFICE, actions.supervise, **ORDER)
replied = after(ordered, HEAD, actions.reply_supervision, text=WORDS)
submitted = after(
    under_approval(WORKING), MEMBER, actions.ask_closure, result="solved", answers=ANSWERS
)
watched = after(done, OFFICE, actions.supervise, **ORDER)


def to_hold(town: Town) -> Story:
    """Ask for a hold of half an hour."""
    until = town.now + 40 * MINUTE
    words = {"reason": "weather", "until": until, "text": WORDS}
    return WORKING(town).then(MEMBER, actions.ask_hold, **words)


on_hold = after(to_hold, CENTRE, actions.decide_hold, ok=True, text=WORDS)
#: 09:40 and 09:02 at the town, as typed and as programs say it.
UNTIL, UNTIL_Z = "2026-03-02T09:40", "2026-03-02T01:40:00Z"
HELD, HELD_Z = "2026-03-02T09:02", "2026-03-02T01:02:00Z"


@dataclass(frozen=True)
class Row:
    """One step of the table.

    Attributes:
        deed: name at the interface; left out, that of the action.
        panel: name on the page; left out, that of the deed.
        fields: what is typed on the page; left out, the words of the body.
    """

    action: Action
    ready: Ready
    who: Role
    body: Mapping[str, Any]
    deed: str = ""
    panel: str = ""
    fields: Mapping[str, Any] | None = None

    def named(self) -> tuple[str, str]:
        """Return the names of deed and panel."""
        deed = self.deed or self.action.value
        return deed, self.panel or deed

    def sent(self, town: Town, story: Story) -> dict[str, Any]:
        """Return the body for a program."""
        found = {k: v.code if isinstance(v, Unit) else v for k, v in self.body.items()}
        return {"into": _first(story.case).number} if self.action is Action.MERGE else found

    def typed(self, town: Town, story: Story) -> dict[str, Any]:
        """Return the fields of the page."""
        given = self.body if self.fields is None else self.fields
        found = {name: str(value) for name, value in ids(town, given).items()}
        if "ok" in found:
            found["do"] = "yes" if found.pop("ok") == "True" else "no"
        return {"into": _first(story.case).number} if self.action is Action.MERGE else found


_COMPLEX = {"case_class": "complex", "category": "water.leak", "text": WORDS}
_ONE = {"answers": {"1": ANSWERS[1]}}
_TYPED = {"answer_1": ANSWERS[1]}
_PLAN = {"measures": WORDS, "owner_name": "王强",
         "milestones": [{"title": "完成", "due_on": "2026-03-04"}]}  # fmt: skip
_PLANNED = {"measures": WORDS, "owner_name": "王强", "title_1": "完成", "date_1": "2026-03-04"}
_A = Action

ROWS: tuple[Row, ...] = (
    Row(_A.START_TRIAGE, stands("registered"), CLERK, {}),
    Row(_A.ASK_INFO, stands("triage"), CLERK, SAID),
    Row(_A.SUPPLY_INFO, waiting, RESIDENT, SAID, fields={"answer": WORDS}),
    Row(_A.REFUSE, stands("triage"), CLERK, {"reason": "court", **SAID}),
    Row(_A.APPEAL, refused, RESIDENT, SAID, fields={"appeal_text": WORDS}),
    Row(_A.ANSWER_NOW, stands("triage"), CLERK, _ONE, fields=_TYPED),
    Row(_A.CLASSIFY, stands("triage"), CLERK, _COMPLEX),
    Row(_A.RECLASSIFY, WORKING, CLERK, _COMPLEX),
    Row(_A.DISPATCH, stands("classified"), CENTRE, {"unit": WATER}),
    Row(_A.ASK_RETURN, SENT, MEMBER, RETURN),
    Row(_A.UPHOLD_RETURN, returned, CENTRE, YES, "decide_return"),
    Row(_A.REFUSE_RETURN, returned, CENTRE, NO, "decide_return"),
    Row(_A.TO_ARBITRATION, returned, CENTRE, SAID, "put_to_ruling", "decide_return",
        {"do": "ruling", **SAID}),
    Row(_A.DESIGNATE, disputed, STREET, {"unit": WATER, **SAID}),
    Row(_A.ADD_UNIT, WORKING, CENTRE, {"unit": POWER, **SAID}),
    Row(_A.RELEASE_UNIT, helped, CENTRE, {"unit": Unit("community-C1"), **SAID}),
    Row(_A.CO_REPORT, helped, WORKER, SAID),
    Row(_A.MEET, WORKING, CENTRE,
        {"kind": "joint", "held_at": HELD_Z, "units": [WATER.code], "minutes": WORDS,
         "ruling": WORDS}, "record_meeting", "meet",
        {"kind": "joint", "held_at": HELD, "units": WATER, "minutes": WORDS, "ruling": WORDS}),
    Row(_A.ACCEPT, SENT, MEMBER, {}),
    Row(_A.START, stands("accepted"), MEMBER, SAID),
    Row(_A.ASK_PLAN, under_approval(stands("in_progress", case_class="complex")), MEMBER, _PLAN,
        fields=_PLANNED),
    Row(_A.GRANT_PLAN, submitted_plan, HEAD, YES, "decide_plan"),
    Row(_A.REFUSE_PLAN, submitted_plan, HEAD, NO, "decide_plan"),
    Row(_A.PUBLISH_PLAN, stands("in_progress", case_class="complex"), MEMBER, _PLAN,
        fields=_PLANNED),
    Row(_A.REPORT_MILESTONE, planned, MEMBER, {"n": 1, **SAID}, fields={"milestone": 1, **SAID}),
    Row(_A.ASK_HOLD, WORKING, MEMBER, {"reason": "weather", "until": UNTIL_Z, **SAID},
        fields={"reason": "weather", "until": UNTIL, **SAID}),
    Row(_A.GRANT_HOLD, to_hold, CENTRE, YES, "decide_hold"),
    Row(_A.REFUSE_HOLD, to_hold, CENTRE, NO, "decide_hold"),
    Row(_A.RESUME, on_hold, MEMBER, SAID),
    Row(_A.ASK_EXTENSION, WORKING, MEMBER, {"minutes": 30, **SAID}),
    Row(_A.GRANT_EXTENSION, more_time, CENTRE, YES, "decide_extension"),
    Row(_A.REFUSE_EXTENSION, more_time, CENTRE, NO, "decide_extension"),
    Row(_A.ASK_ENDING, WORKING, MEMBER, SAID),
    Row(_A.GRANT_ENDING, no_solution, CENTRE, YES, "decide_ending"),
    Row(_A.REFUSE_ENDING, no_solution, CENTRE, NO, "decide_ending"),
    Row(_A.HAND_OVER, WORKING, CENTRE, {"body": "法院", **SAID}),
    Row(_A.EXTERNAL_NEWS, outside, CENTRE, SAID),
    Row(_A.TAKE_BACK, outside, CENTRE, SAID),
    Row(_A.EXTERNAL_DONE, outside, CENTRE, {"result": "solved", **_ONE},
        fields={"result": "solved", **_TYPED}),
    Row(_A.ASK_CLOSURE, under_approval(WORKING), MEMBER, {"result": "solved", **_ONE},
        fields={"result": "solved", **_TYPED}),
    Row(_A.GRANT_CLOSURE, submitted, HEAD, YES, "decide_closure"),
    Row(_A.REFUSE_CLOSURE, submitted, HEAD, NO, "decide_closure"),
    Row(_A.RECALL_ASK, submitted, MEMBER, SAID),
    Row(_A.FINISH, WORKING, MEMBER, {"result": "solved", **_ONE},
        fields={"result": "solved", **_TYPED}),
    Row(_A.VERIFY_OK, to_verify, WORKER, YES, "verify"),
    Row(_A.VERIFY_FAIL, to_verify, WORKER, NO, "verify"),
    Row(_A.LOG_CALLBACK, done, CALLER, {"note": WORDS}, panel="unreachable"),
    Row(_A.CLOSE, done, CALLER, {"answered": True, "solved": "yes", "satisfied": "yes"},
        "give_verdict", "callback", {"answered": "yes", "solved": "yes", "satisfied": "yes"}),
    Row(_A.KEEP_VERDICT, watched, RESIDENT,
        {"answered": True, "solved": "yes", "satisfied": "yes"}, "give_verdict", "verdict",
        {"answered": "yes", "solved": "yes", "satisfied": "yes"}),
    Row(_A.ASK_REOPEN, closed, RESIDENT, SAID, fields={"reopen_text": WORDS}),
    Row(_A.REOPEN, reopening, Role.COMMUNITY_SECRETARY, YES, "decide_reopen"),
    Row(_A.REFUSE_REOPEN, asked_twice, STREET, NO, "decide_reopen"),
    Row(_A.MERGE, later, CLERK, {}),
    Row(_A.UNMERGE, merged, CLERK, SAID),
    Row(_A.SPLIT, two_matters, CLERK,
        {"parts": [2], "case_class": "general", "category": "power.light"},
        fields={"part_2": "1", "case_class": "general", "category": "power.light", "unit": "",
                "text": ""}),
    Row(_A.EMERGENCY, WORKING, CLERK,
        {"line": "119", "called_by": "值班员", "called_at": HELD_Z, **SAID},
        fields={"line": "119", "called_by": "值班员", "called_at": HELD, **SAID}),
    Row(_A.SUPERVISE, WORKING, OFFICE, ORDER),
    Row(_A.REPLY_SUPERVISION, ordered, HEAD, SAID),
    Row(_A.SETTLE_SUPERVISION, replied, OFFICE, SAID, panel="judge_reply",
        fields={"do": "yes", "days": 1, **SAID}),
    Row(_A.REJECT_REPLY, replied, OFFICE, {"days": 1, **SAID}, panel="judge_reply",
        fields={"do": "no", "days": 1, **SAID}),
    Row(_A.ASK_PARTY, stands("triage"), CLERK,
        {"whom": "other", "to_whom": "和平物业", "way": "link", "question": "总阀在哪？",
         "days": 7}),
    Row(_A.CALL_UNITS, WORKING, CLERK,
        {"units": [WATER.code], "urgency": "normal", "what": WORDS}, panel="call",
        fields={"units": WATER, "urgency": "normal", "what": WORDS, "address": "东门"}),
    Row(_A.PUBLISH, answered, CLERK, PAGE),
    Row(_A.CHANGE_KIND, WORKING, CLERK, {"kind": "complaint", **SAID}),
    Row(_A.NAME_SUBJECTS, complaint, CLERK, {"units": [CITY.code], **SAID},
        fields={"unit": CITY, "person": "", **SAID}),
    Row(_A.WITHDRAW, WORKING, RESIDENT, SAID, fields={"withdraw_text": WORDS}),
    Row(_A.NOTE, WORKING, CLERK, SAID),
    Row(_A.ATTACH, WORKING, MEMBER, {"phase": "after"}),
    Row(_A.REMIND, WORKING, RESIDENT, {}),
    Row(_A.REPEAT, WORKING, CLERK, SAID),
)  # fmt: skip

#: Steps that nobody chooses, and what writes them.
BY_ITSELF: tuple[tuple[Action, str], ...] = (
    (Action.SUBMIT, "a draft lives in the browser; sending it opens the case"),
    (Action.GIVE_UP_WAITING, "the sweep, when the days for an answer are over"),
    (Action.SEND_TO_VERIFY, "follows the result, by class and sample"),
    (Action.SKIP_VERIFY, "follows the result, by class and sample"),
    (Action.FOLLOW, "the answer of the case it was merged into"),
    (Action.CHILD_ANSWERED, "the answer of the case that a matter was given to"),
    (Action.LINK, "a merger, or the same coming back"),
    (Action.JOIN, "whoever joins is named nowhere: the report's check page, /similar/join"),
    (Action.ESCALATE, "the sweep, at each rung of the ladder"),
    (Action.PARTY_ANSWERED, "whoever holds the link, on the page of the link"),
    (Action.TAKE_AWAY, "follows the naming of a unit that holds the case"),
    (Action.MARK_DUE_SOON, "the sweep"),
    (Action.MARK_OVERDUE, "the sweep"),
)
