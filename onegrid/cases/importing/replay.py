"""Take an old case its whole way by the product's own actions, at its real times.

The source knows two times: when it was written and when it was answered. Everything in between is
recorded at the moment of the answer, by the importer, and marked as replayed: until then nothing
reached the resident, and no earlier time would be true. What nobody knows is not made up: there is
no verdict, so the case stays where it waits for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.timezone import localtime

from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.cases import actions, reference
from onegrid.cases.actions import Doing, MilestoneGiven, Receipt
from onegrid.cases.actions.parts import MIN_ANSWER
from onegrid.cases.actions.step import together
from onegrid.cases.importing.table import RequestRow
from onegrid.cases.models import Case
from onegrid.cases.terms import CaseClass, Channel, Result
from onegrid.common.refusals import Conflict
from onegrid.core import triage
from onegrid.core.flow import State
from onegrid.organisation.queries import units

_SPACE = UUID("6f6e6567-7269-8d00-8000-696d706f7274")
IMPORTER_ID = uuid5(_SPACE, "importer")
CHECKER_ID = uuid5(_SPACE, "checker")
NAME = "历史导入"
NO_PLACE = "来件未注明地点"
OTHER = "other"
_PLAN = "来件档案只有最终答复，没有另行公布的方案；此方案由导入程序按答复时间补记。"
_MILESTONE = "正式答复"
_STARTED = "来件档案没有首次联系时间，按答复时间补记。"
_VERIFIED = "来件档案没有核查记录，按答复时间补记。"


def importer(tenant_id: int) -> Viewer:
    """Return who assesses, dispatches and handles in the place of people unknown."""
    return _viewer(tenant_id, IMPORTER_ID, Role.DISPATCHER, Role.UNIT_MEMBER)


def checker(tenant_id: int) -> Viewer:
    """Return who verifies: whoever handles a case may not."""
    return _viewer(tenant_id, CHECKER_ID, Role.SUPERVISOR)


def _viewer(tenant_id: int, user_id: UUID, *roles: Role) -> Viewer:
    grants = tuple(Grant(role=role, level=ScopeLevel.COUNTY) for role in roles)
    return Viewer(user_id=user_id, tenant_id=tenant_id, name=NAME, grants=grants)


def key_of(batch: str, row_id: str, what: str) -> UUID:
    """Return the idempotency key of a step: the same row of the same batch, the same key."""
    return uuid5(_SPACE, f"{batch}\0{row_id}\0{what}")


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the product proposes for a row."""

    category: reference.CategoryRow
    unit_id: UUID


class Assessor:
    """Proposes category, class and unit from the words of the county's categories."""

    def __init__(self) -> None:
        """Read categories and units of the current county.

        Raises:
            Conflict: there is no unit.
        """
        rows = reference.categories.get()
        self._rules = [
            triage.KeywordRule(row.code, row.words) for row in rows.values() if row.words
        ]
        self._by_code = {row.code: row for row in rows.values()}
        self._by_id = rows
        known = units()
        if not known:
            raise Conflict("batch.no_unit")
        wanted = Counter(
            row.default_unit_id for row in rows.values() if row.default_unit_id in known
        )
        self._units = frozenset(known)
        self._most = wanted.most_common(1)[0][0] if wanted else next(iter(known))

    def assess(self, row: RequestRow) -> Assessed:
        """Return the category given or suggested, and the unit it goes to.

        Without a word that speaks for a category it is "other"; without a unit of its own a
        category goes to its parent's, else to the unit that most categories go to.
        """
        code = row.category
        if not code:
            suggested = triage.suggest(f"{row.title} {row.text}", self._rules)
            code = suggested[0].category if suggested else OTHER
        category = self._by_code.get(code) or next(iter(self._by_code.values()))
        parent = self._by_id.get(category.parent_id) if category.parent_id else None
        for found in (category.default_unit_id, parent.default_unit_id if parent else None):
            if found in self._units and found is not None:
                return Assessed(category, found)
        assert self._most is not None
        return Assessed(category, self._most)


def open_row(row: RequestRow, *, viewer: Viewer, batch: str, key_batch: str) -> Receipt:
    """Open the case of a row at the time it was written."""
    request = actions.Request(
        text=row.text,
        title=row.title,
        place=actions.Place(
            address=row.address or ("" if row.lon is not None else NO_PLACE),
            lon=row.lon,
            lat=row.lat,
        ),
        category_code=row.category,
        on_behalf=True,
        channel=Channel.IMPORT,
        batch=batch,
        external_id=row.id,
    )
    return actions.open_case(
        viewer=viewer, request=request, now=row.created_at, key=key_of(key_batch, row.id, "open")
    )


def replay_row(
    case_id: UUID, row: RequestRow, *, tenant_id: int, assessed: Assessed, key_batch: str
) -> Case:
    """Take an open case to its real answer at its real time; without one it stays as it is."""
    assert row.replied_at is not None
    staff = importer(tenant_id)

    def doing(what: str, viewer: Viewer = staff) -> Doing:
        return _doing(row, what, viewer, key_batch)

    with together(case_id, doing("history")):
        return _history(case_id, row, assessed, doing, checker(tenant_id))


def _history(
    case_id: UUID,
    row: RequestRow,
    assessed: Assessed,
    doing: Callable[..., Doing],
    verifier: Viewer,
) -> Case:
    assert row.replied_at is not None
    actions.start_triage(case_id=case_id, doing=doing("start_triage"))
    case = actions.classify(
        case_id=case_id,
        doing=doing("classify"),
        case_class=assessed.category.default_class,
        category_code=assessed.category.code,
    )
    actions.dispatch(case_id=case_id, doing=doing("dispatch"), unit_id=assessed.unit_id)
    actions.accept(case_id=case_id, doing=doing("accept"))
    actions.start(case_id=case_id, doing=doing("start"), text=_STARTED)
    if case.case_class == CaseClass.COMPLEX:
        _plan(case_id, row.replied_at, doing)
    answer = row.reply if len(row.reply) >= MIN_ANSWER else f"原答复：{row.reply}"
    case = actions.finish(
        case_id=case_id, doing=doing("finish"), result=Result.EXPLAINED, answers={1: answer}
    )
    if case.state == State.VERIFY:
        check = doing("verify", verifier)
        case = actions.verify(case_id=case_id, doing=check, ok=True, text=_VERIFIED)
    return case


def _doing(row: RequestRow, what: str, viewer: Viewer, key_batch: str) -> Doing:
    assert row.replied_at is not None
    return Doing(
        viewer=viewer,
        now=row.replied_at,
        key=key_of(key_batch, row.id, what),
        channel=Channel.IMPORT,
        replayed=True,
    )


def _plan(case_id: UUID, at: datetime, doing: Callable[[str], Doing]) -> None:
    """Write the plan that a complex case needs, saying that the source has none."""
    actions.publish_plan(
        case_id=case_id,
        doing=doing("publish_plan"),
        measures=_PLAN,
        owner_name=NAME,
        milestones=(MilestoneGiven(title=_MILESTONE, due_on=localtime(at).date()),),
    )
    actions.report_milestone(case_id=case_id, doing=doing("milestone"), n=1, text=_MILESTONE)
