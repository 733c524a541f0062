"""One case in each state, by the product's own actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from PIL import Image, ImageDraw

from onegrid.accounts.terms import Role
from onegrid.cases import actions
from onegrid.cases.actions import MilestoneGiven, Upload, VerdictGiven
from onegrid.cases.models import Case
from onegrid.cases.terms import RefusalReason
from tests.county import Town, doing, middle, report

Step = Callable[[UUID, datetime], object]
MINUTE = timedelta(minutes=1)


def picture(colour: str = "#8a9a5b") -> bytes:
    """Return a photo of nothing in particular."""
    image = Image.new("RGB", (640, 480), colour)
    ImageDraw.Draw(image).rectangle((120, 160, 520, 400), fill="#c8b89a", outline="#333", width=6)
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


class Script:
    """The steps that lead to each state."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def _by(self, role: Role, at: datetime) -> actions.Doing:
        return doing(self.town, role, at)

    def triage(self) -> Step:
        return lambda case, at: actions.start_triage(
            case_id=case, doing=self._by(Role.COMMUNITY_CLERK, at)
        )

    def classify(self, case_class: str, category: str) -> Step:
        return lambda case, at: actions.classify(
            case_id=case,
            doing=self._by(Role.COMMUNITY_CLERK, at),
            case_class=case_class,
            category_code=category,
        )

    def dispatch(self, by: Role = Role.COMMUNITY_CLERK) -> Step:
        unit = self.town.units["water_bureau"]
        return lambda case, at: actions.dispatch(case_id=case, doing=self._by(by, at), unit_id=unit)

    def accept(self) -> Step:
        return lambda case, at: actions.accept(case_id=case, doing=self._by(Role.UNIT_MEMBER, at))

    def start(self) -> Step:
        return lambda case, at: actions.start(
            case_id=case, doing=self._by(Role.UNIT_MEMBER, at), text="已电话联系，今天上门"
        )

    def photo(self, phase: str) -> Step:
        role = Role.UNIT_MEMBER if phase == "after" else Role.COMMUNITY_CLERK
        return lambda case, at: actions.attach(
            case_id=case,
            doing=self._by(role, at),
            uploads=(Upload("photo", picture()),),
            phase=phase,
        )

    def plan(self) -> Step:
        def publish(case: UUID, at: datetime) -> object:
            return actions.publish_plan(
                case_id=case,
                doing=self._by(Role.UNIT_MEMBER, at),
                measures="一、现场查勘；二、协商；三、实施并验收，过程公开。",
                owner_name="陈强",
                milestones=(
                    MilestoneGiven("现场查勘", at.date() + timedelta(days=12)),
                    MilestoneGiven("实施并验收", at.date() + timedelta(days=20)),
                ),
            )

        return publish

    def finish(self) -> Step:
        return lambda case, at: actions.finish(
            case_id=case,
            doing=self._by(Role.UNIT_MEMBER, at),
            result="solved",
            answers={1: "已更换阀门，恢复供水"},
        )

    def verify(self) -> Step:
        return lambda case, at: actions.verify(
            case_id=case, doing=self._by(Role.SUPERVISOR, at), ok=True, text="现场查看，处理到位"
        )

    def verdict(self, good: bool) -> Step:
        said = "yes" if good else "no"
        given = VerdictGiven(
            answered=True, solved=said, satisfied=said, reason="" if good else "第二天又漏了"
        )
        return lambda case, at: actions.give_verdict(
            case_id=case, doing=self._by(Role.CALLBACK_AGENT, at), verdict=given
        )

    def reopen(self) -> Step:
        return lambda case, at: actions.decide_reopen(
            case_id=case, doing=self._by(Role.SUPERVISOR, at), ok=True, text="同意重开"
        )

    def ask(self) -> Step:
        return lambda case, at: actions.ask_info(
            case_id=case,
            doing=self._by(Role.COMMUNITY_CLERK, at),
            text="请问是几单元几楼？有照片更好。",
        )

    def refuse(self) -> Step:
        return lambda case, at: actions.refuse(
            case_id=case,
            doing=self._by(Role.COMMUNITY_CLERK, at),
            reason=RefusalReason.values[0],
            text="此事项正由法院审理，请依法院程序办理。",
        )

    def withdraw(self) -> Step:
        return lambda case, at: actions.withdraw(
            case_id=case, doing=self._by(Role.RESIDENT, at), text="已自行解决"
        )

    def ways(self) -> Iterator[tuple[str, str, str, list[Step]]]:
        """Yield name, category, words and steps."""
        general = [self.triage(), self.classify("general", "water.leak"), self.dispatch()]
        work = [self.accept(), self.start()]
        major = [
            self.triage(), self.photo("report"), self.classify("major", "water.sewer"),
            self.dispatch(), *work,
        ]  # fmt: skip
        checked = [*major, self.photo("after"), self.finish(), self.verify()]
        complex_ = [
            self.triage(), self.classify("complex", "housing.leak"), self.dispatch(), *work,
        ]  # fmt: skip
        leak, sewer = "楼下水管漏水，已经两天了", "下水道堵塞，污水外溢到路面"
        roof = "顶楼漏雨，墙皮脱落，牵涉物业与开发商"
        yield "registered", "", "楼道感应灯坏了，老人晚上看不清", []
        yield "triage", "water.leak", leak, general[:1]
        yield "info_wait", "", "水压很低", [self.triage(), self.ask()]
        yield "not_accepted", "", "与开发商的合同纠纷，法院已立案", [self.triage(), self.refuse()]
        yield "classified", "water.leak", leak, general[:2]
        yield "dispatched", "water.leak", "小区停水半天没有通知", general
        yield "accepted", "water.leak", "水表漏水", [*general, *work[:1]]
        yield "in_progress", "water.leak", "水管接头渗水", [*general, *work]
        yield "planned", "housing.leak", roof, [*complex_, self.plan()]
        yield "verify", "water.sewer", sewer, [*major, self.photo("after"), self.finish()]
        yield "callback", "water.sewer", "窨井盖下沉，污水倒灌", checked
        yield "closed", "water.sewer", "化粪池满溢", [*checked, self.verdict(True)]
        yield "reopen_req", "water.sewer", "污水井堵了", [*checked, self.verdict(False)]
        yield (
            "reopened", "water.sewer", "排污口返味",
            [*checked, self.verdict(False), self.reopen()],
        )  # fmt: skip
        yield "withdrawn", "", "已自行修好的灯", [self.withdraw()]


def make_cases(town: Town, now: datetime) -> dict[str, str]:
    """Open them all, of the resident, in grid G11; return numbers by state."""
    numbers = {}
    for place, (state, category, text, steps) in enumerate(Script(town).ways()):
        at = now - timedelta(hours=40 - 2 * place, minutes=7 * place)
        lon, lat = middle(0, 0)
        spot = (lon + 2e-4 * (place % 5 - 2), lat + 2e-4 * (place // 5 - 1))
        receipt = report(town, at=at, text=text, category=category, point=spot)
        for step in steps:
            at += MINUTE
            step(receipt.case_id, at)
        actions.mark_case(case_id=receipt.case_id, now=now)
        case = Case.objects.get(pk=receipt.case_id)
        assert case.state == state, (case.state, state)
        numbers[state] = case.number
    elsewhere = report(town, at=now - timedelta(hours=3), point=middle(0, 1), by=None)
    numbers["elsewhere"] = elsewhere.number
    numbers["elsewhere_code"] = elsewhere.token
    return numbers
