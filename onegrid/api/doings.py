"""One address for each action on a case, made from one table."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Router

from onegrid.accounts.terms import TokenScope
from onegrid.api import bodies, deeds_joint, schemas
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.deed import Deed, about, done
from onegrid.api.deeds_approval import APPROVAL_DEEDS, planned
from onegrid.api.deeds_calls import CALL_DEEDS
from onegrid.api.deeds_duties import DUTY_DEEDS
from onegrid.api.deeds_outreach import OUTREACH_DEEDS
from onegrid.api.deeds_oversight import OVERSIGHT_DEEDS
from onegrid.api.deeds_tied import TIED_DEEDS
from onegrid.api.endpoints import REFUSED, unit_by_code
from onegrid.cases import actions, queries
from onegrid.cases.actions import Doing
from onegrid.cases.terms import Channel
from onegrid.core.flow import Action

router = Router()

KEY: Any = Header(..., alias="Idempotency-Key")  # type: ignore[type-arg]


def _classified(body: bodies.Classify) -> dict[str, Any]:
    return {
        "case_class": body.case_class,
        "category_code": body.category,
        "text": body.text,
        "item_code": body.item,
    }


def _dispatched(body: bodies.Dispatch) -> dict[str, Any]:
    return {
        "unit_id": unit_by_code(body.unit).id,
        "text": body.text,
        "pushed_item": body.pushed_item,
        "co_units": deeds_joint.helpers(body.co_units),
    }


def _on_spot(body: bodies.OnSpot) -> dict[str, Any]:
    return {"category_code": body.category, "item_code": body.item, "answers": body.answers}


def _judged(body: bodies.GiveVerdict) -> dict[str, Any]:
    return {"verdict": actions.VerdictGiven(**dict(body))}


DEEDS: tuple[Deed, ...] = (
    Deed("start_triage", "Start assessing", actions.start_triage),
    Deed("ask_info", "Ask the reporter for information", actions.ask_info, bodies.WithText),
    Deed("supply_info", "Supply information", actions.supply_info, bodies.WithText),
    Deed("refuse", "Do not accept", actions.refuse, bodies.Refuse),
    Deed("appeal", "Object to a refusal", actions.appeal, bodies.WithText),
    Deed("answer_now", "Answer at once", actions.answer_now, bodies.Answers),
    Deed("classify", "Set class and category", actions.classify, bodies.Classify, _classified),
    Deed("reclassify", "Change the class", actions.reclassify, bodies.Classify, _classified),
    Deed("dispatch", "Give it to a unit", actions.dispatch, bodies.Dispatch, _dispatched),
    Deed("accept", "Sign for it", actions.accept),
    Deed("start", "Record the first contact", actions.start, bodies.WithText),
    Deed("publish_plan", "Publish the plan", actions.publish_plan, bodies.PublishPlan, planned),
    Deed("report_milestone", "Report a milestone", actions.report_milestone, bodies.Milestone),
    Deed("finish", "Report it done", actions.finish, bodies.Finish),
    Deed(
        "handle_on_spot",
        "Solve it on the spot",
        actions.handle_on_spot,
        bodies.OnSpot,
        _on_spot,
        steps=(Action.START_TRIAGE,),
        when="as a grid worker of its grid, while nobody has assessed it",
    ),
    Deed(
        "verify",
        "Verify on the spot",
        actions.verify,
        bodies.YesNo,
        steps=(Action.VERIFY_OK, Action.VERIFY_FAIL),
    ),
    Deed("log_callback", "Record a call nobody answered", actions.log_callback, bodies.CallBack),
    Deed(
        "give_verdict",
        "Give the three verdicts",
        actions.give_verdict,
        bodies.GiveVerdict,
        _judged,
        steps=(Action.CLOSE, Action.KEEP_VERDICT, Action.ASK_REOPEN),
    ),
    Deed("ask_reopen", "Ask to reopen", actions.ask_reopen, bodies.WithText),
    Deed(
        "decide_reopen",
        "Decide on reopening",
        actions.decide_reopen,
        bodies.YesNo,
        steps=(Action.REOPEN, Action.REFUSE_REOPEN),
    ),
    Deed("withdraw", "Take the request back", actions.withdraw, bodies.WithText),
    Deed("note", "Add a note", actions.note, bodies.Note),
    Deed("remind", "Remind the unit", actions.remind, bodies.MaybeText),
    *APPROVAL_DEEDS,
    *CALL_DEEDS,
    *DUTY_DEEDS,
    *OUTREACH_DEEDS,
    *OVERSIGHT_DEEDS,
    *TIED_DEEDS,
    *deeds_joint.DEEDS,
)


def _endpoint(deed: Deed) -> Callable[..., HttpResponse]:
    """Return the endpoint of an action; its signature tells the framework what to read."""

    def endpoint(request: ApiRequest, number: str, key: UUID, body: Any = None) -> HttpResponse:
        case_id = queries.case_id_of(number)
        doing = Doing(viewer=request.viewer, now=request.now, key=key, channel=Channel.API)
        words = deed.words(body) if body is not None else {}
        return done(deed.act(case_id=case_id, doing=doing, **words))

    plain = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter("request", plain, annotation=ApiRequest),
        inspect.Parameter("number", plain, annotation=str),
        inspect.Parameter("key", plain, annotation=UUID, default=KEY),
    ]
    if deed.body is not None:
        parameters.insert(2, inspect.Parameter("body", plain, annotation=deed.body))
    endpoint.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    endpoint.__name__ = deed.name
    endpoint.__doc__ = about(deed.summary, deed.takes, deed.when)
    return endpoint


for _deed in DEEDS:
    router.add_api_operation(
        f"/cases/{{number}}/actions/{_deed.name}",
        ["POST"],
        _endpoint(_deed),
        response={200: schemas.Done, **REFUSED},
        auth=Bearer(TokenScope.ACT),
        operation_id=_deed.name,
        summary=_deed.summary,
        tags=["actions"],
    )
