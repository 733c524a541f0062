"""Do what the panels of approval say (`panels.approval`)."""

from __future__ import annotations

from uuid import UUID

from onegrid.cases import actions
from onegrid.cases.actions import Doing
from onegrid.web.casework.form import Act, Form


def _ask_plan(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.ask_plan(
        case_id=case_id,
        doing=doing,
        measures=form.text("measures"),
        owner_name=form.text("owner_name"),
        milestones=form.milestones(),
    )


def _ask_closure(form: Form, case_id: UUID, doing: Doing) -> object:
    form.keep_photos(case_id, doing)
    return actions.ask_closure(
        case_id=case_id, doing=doing, result=form.text("result"), answers=form.answers()
    )


APPROVAL_ACTS: dict[str, Act] = {
    "ask_plan": _ask_plan,
    "ask_closure": _ask_closure,
    "decide_plan": lambda form, case, doing: actions.decide_plan(
        case_id=case, doing=doing, ok=form.said_yes, text=form.text("text")
    ),
    "decide_closure": lambda form, case, doing: actions.decide_closure(
        case_id=case, doing=doing, ok=form.said_yes, text=form.text("text")
    ),
    "recall_ask": lambda form, case, doing: actions.recall_ask(
        case_id=case, doing=doing, text=form.text("text")
    ),
}
