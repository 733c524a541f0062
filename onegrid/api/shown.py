"""Turn what queries return into the shapes of the interface."""

from __future__ import annotations

from collections.abc import Sequence

from onegrid.api import schemas
from onegrid.cases import queries
from onegrid.cases.queries.detail import ClockView, PlanView


def desk(page: queries.DeskPage) -> schemas.CasePage:
    """Return a page of a desk."""
    names = schemas.CaseRow.model_fields
    return schemas.CasePage.model_construct(
        rows=[
            schemas.CaseRow.model_construct(**{name: getattr(row, name) for name in names})
            for row in page.rows
        ],
        total=page.total,
        total_is_capped=page.capped,
        page=page.page,
        pages=page.pages,
    )


def mine(rows: Sequence[queries.MineRow], total: int, *, page: int, size: int) -> schemas.MinePage:
    """Return a page of own cases."""
    names = schemas.MineRow.model_fields
    return schemas.MinePage.model_construct(
        rows=[
            schemas.MineRow.model_construct(**{name: getattr(row, name) for name in names})
            for row in rows
        ],
        total=total,
        page=page,
        pages=max(1, -(-total // size)),
    )


_OF_CASE = (
    "number", "title", "text", "kind", "channel", "state", "case_class", "class_confirmed",
    "address", "lon", "lat", "safety", "round", "result", "mark", "opened_at", "changed_at",
    "closed_at", "due_at",
)  # fmt: skip
_OF_STEP = tuple(schemas.StepOut.model_fields)


def case(view: queries.CaseView) -> schemas.CaseOut:
    """Return a case in full."""
    return schemas.CaseOut.model_construct(
        **{name: getattr(view.case, name) for name in _OF_CASE},
        phase=view.phase.value,
        category=view.category,
        category_code=view.category_code,
        community=view.community,
        grid=view.grid,
        unit=view.unit,
        parts=[
            schemas.PartOut.model_construct(
                n=part.n, text=part.text, answer=part.answer, answered_at=part.answered_at
            )
            for part in view.parts
        ],
        steps=[
            schemas.StepOut.model_construct(**{name: getattr(step, name) for name in _OF_STEP})
            for step in view.steps
        ],
        clocks=[_clock(item) for item in view.clocks],
        plan=_plan(view.plan),
        actions=[action.value for action in view.actions],
    )


def _clock(item: ClockView) -> schemas.ClockOut:
    reading = item.reading
    return schemas.ClockOut.model_construct(
        kind=item.kind,
        basis=item.basis,
        calendar=item.calendar,
        started_at=reading.started,
        due_at=reading.due,
        ended_at=reading.ended,
        state=reading.state.value,
        overdue=reading.overdue,
        spent_seconds=int(reading.elapsed_working.total_seconds()),
    )


def _plan(plan: PlanView | None) -> schemas.PlanOut | None:
    if plan is None:
        return None
    return schemas.PlanOut.model_construct(
        measures=plan.measures,
        owner_name=plan.owner_name,
        published_at=plan.published_at,
        milestones=[
            schemas.MilestoneOut.model_construct(
                n=row.n, title=row.title, due_on=row.due_on, done_at=row.done_at
            )
            for row in plan.milestones
        ],
    )
