"""Approval within a unit on the interface: submit, take back, release or send back."""

from __future__ import annotations

from typing import Any

from onegrid.api import bodies
from onegrid.api.deed import Deed
from onegrid.cases import actions
from onegrid.core.flow import Action


def planned(body: bodies.PublishPlan) -> dict[str, Any]:
    """Return a plan as the actions take it."""
    rows = tuple(
        actions.MilestoneGiven(title=row.title, due_on=row.due_on) for row in body.milestones
    )
    return {"measures": body.measures, "owner_name": body.owner_name, "milestones": rows}


APPROVAL_DEEDS: tuple[Deed, ...] = (
    Deed("ask_plan", "Submit a plan for approval", actions.ask_plan, bodies.PublishPlan, planned),
    Deed(
        "decide_plan",
        "Approve a plan or send it back",
        actions.decide_plan,
        bodies.YesNo,
        steps=(Action.GRANT_PLAN, Action.REFUSE_PLAN),
    ),
    Deed("ask_closure", "Submit a report of done for approval", actions.ask_closure, bodies.Finish),
    Deed(
        "decide_closure",
        "Approve a report of done or send it back",
        actions.decide_closure,
        bodies.YesNo,
        steps=(Action.GRANT_CLOSURE, Action.REFUSE_CLOSURE),
    ),
    Deed("recall_ask", "Take what waits for approval back", actions.recall_ask, bodies.MaybeText),
)
