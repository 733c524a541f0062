"""Invented lists of duties, routing rules, and requests that show both."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib.resources import files
from uuid import UUID, uuid5

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions as cases
from onegrid.cases.actions import Doing, Place, Request, VerdictGiven
from onegrid.cases.actions.certificates import answer_certificate
from onegrid.cases.reference import categories
from onegrid.demo.people import Cast
from onegrid.duties import actions, importing, queries
from onegrid.duties.actions import RuleGiven
from onegrid.duties.terms import Hours, Owner, Target
from onegrid.organisation.queries import unit_of_area, units

_NAMESPACE = UUID("0d0bb3a6-2c0a-5d4e-8c1b-6f1f3f6c7a11")
_SOURCE = "演示用虚构清单，不是任何县的真实清单"
#: Days ago and words of invented requests for abolished certificates.
_CERTIFICATES = (
    (3, "孩子办转学，县教育和体育局窗口让我到社区开居住证明。"),
    (9, "银行贷款要单身证明，社区说开不了，我该怎么办？"),
    (21, "县民政局让我开贫困证明才给登记。"),
    (34, "领养老金要我去社区开健在证明，老人行动不便。"),
    (41, "县人力资源和社会保障局要无业证明才能登记。"),
)


def bring_lists_in(*, since: datetime) -> None:
    """Bring the invented lists in, in force from long ago."""
    content = (files("onegrid.demo") / "duties.csv").read_bytes()
    known = frozenset(row.code for row in categories.get().values())
    table = importing.read(content, categories=known, now=since)
    assert not table.problems, table.problems
    importing.bring_in(table.rows, name="demo", now=since, is_demo=True, source=_SOURCE)


def write_rules(*, since: datetime) -> None:
    """Publish routing rules that name a unit for every case."""
    by_code = {unit.code: unit.id for unit in units().values()}
    actions.make_draft(by=None, now=since)
    actions.set_rules(
        rules=[
            RuleGiven(
                target=Target.UNIT, unit_id=by_code["police"], category_code="order.noise",
                hours=Hours.OUTSIDE, calendar="grid", why="夜间噪声由值班民警先到场",
            ),
            RuleGiven(
                target=Target.UNIT, unit_id=by_code["fire_rescue"], category_code="safety",
                words=("飞线", "消防通道", "楼道"), why="涉及消防安全的归消防救援大队",
                co_unit_ids=(by_code["housing_bureau"],),
            ),
            RuleGiven(
                target=Target.COMMUNITY, category_code="conflict.neighbour",
                why="邻里纠纷先由社区调解",
            ),
            RuleGiven(target=Target.ITEM, why="引用了清单事项的，归事项的责任单位"),
            RuleGiven(target=Target.CATEGORY, why="没有引用事项的，归分类的责任单位"),
            RuleGiven(target=Target.COMMUNITY, why="其余的由所在社区先行核实"),
        ]
    )  # fmt: skip
    actions.note_trial(cases=0, elsewhere=0, now=since)
    actions.publish(now=since)


def item_for(category: str, text: str, unit_id: UUID, *, on: date) -> str:
    """Return the item under which an invented case is worked on; empty where none fits the unit."""
    near, _rest = queries.offered(category=category, text=text, on=on)
    of_community = units()[unit_id].kind == "community"
    fitting = [
        row
        for row in near
        if row.for_category(category) and (not of_community or row.owner == Owner.COMMUNITY)
    ]
    own = [row for row in fitting if row.owner_unit_id == unit_id]
    return next((row.code for row in own or fitting), "")


def file_requests(cast: Cast, *, now: datetime) -> None:
    """File requests for abolished certificates, and push one duty down to a community."""
    for number, (days, text) in enumerate(_CERTIFICATES):
        at = now - timedelta(days=days)
        case_id = _open(cast, text, "people.social", number, at=at)
        if number:
            _answer_certificate(cast, case_id, number, at=at)
    at = now - timedelta(days=2)
    text = "便民路口每天早上有流动摊贩占道，社区离得近，能不能先来看看。"
    case_id = _open(cast, text, "order.stalls", 90, at=at)
    viewer = cast.county[Role.DISPATCHER]
    unit = unit_of_area(cast.first_community)
    assert unit is not None

    def doing(step: int) -> Doing:
        return Doing(viewer, at + timedelta(minutes=step), uuid5(_NAMESPACE, f"push/{step}"))

    cases.start_triage(case_id=case_id, doing=doing(1))
    cases.classify(
        case_id=case_id, doing=doing(2), case_class="general", category_code="order.stalls",
        item_code="S-09-04",
    )  # fmt: skip
    cases.dispatch(
        case_id=case_id, doing=doing(3), unit_id=unit.id, pushed_item="C-07",
        text="执法队员今天都在县城主路，请社区先劝导并拍照。",
    )  # fmt: skip


def _answer_certificate(cast: Cast, case_id: UUID, number: int, *, at: datetime) -> None:
    """Say what to use instead, and note that the citizen is content."""
    minutes, key = timedelta(minutes=1), f"certificate/{number}"

    def doing(role: Role, step: int) -> Doing:
        return Doing(
            cast.county[role], at + step * 40 * minutes, uuid5(_NAMESPACE, f"{key}/{step}")
        )

    cases.start_triage(case_id=case_id, doing=doing(Role.DISPATCHER, 1))
    answer_certificate(
        case_id=case_id, doing=doing(Role.DISPATCHER, 2),
        answers={1: "该证明已取消，任何单位不得再要求；请以书面承诺代替，我们已告知要求单位。"},
    )  # fmt: skip
    cases.give_verdict(
        case_id=case_id, doing=doing(Role.CALLBACK_AGENT, 3),
        verdict=VerdictGiven(answered=True, solved="yes", satisfied="yes"),
    )  # fmt: skip


def _open(cast: Cast, text: str, category: str, number: int, *, at: datetime) -> UUID:
    place = Place(area_id=cast.first_community)
    receipt = cases.open_case(
        viewer=Viewer.anonymous(cast.resident.tenant_id),
        request=Request(text=text, place=place, category_code=category),
        now=at,
        key=uuid5(_NAMESPACE, f"request/{number}"),
    )
    return receipt.case_id
