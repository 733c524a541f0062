"""Read the panels of a case and do what they say."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from onegrid.cases import actions
from onegrid.cases.actions import Doing, VerdictGiven
from onegrid.cases.actions.certificates import answer_certificate
from onegrid.common.refusals import Invalid, NotFound
from onegrid.web.casework import joint
from onegrid.web.casework.approval import APPROVAL_ACTS
from onegrid.web.casework.form import Act, Form
from onegrid.web.casework.outreach import OUTREACH_ACTS
from onegrid.web.casework.oversight import ACTS as OVERSIGHT_ACTS
from onegrid.web.casework.panels.feedback import YES
from onegrid.web.casework.tied import TIED_ACTS


def _classify(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.classify(
        case_id=case_id,
        doing=doing,
        case_class=form.text("case_class"),
        category_code=form.text("category"),
        item_code=form.text("item"),
    )


def _reclassify(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.reclassify(
        case_id=case_id,
        doing=doing,
        case_class=form.text("case_class"),
        category_code=form.text("category"),
        text=form.text("text"),
        item_code=form.maybe("item"),
    )


def _certificate(form: Form, case_id: UUID, doing: Doing) -> object:
    chosen = form.text("unit")
    return answer_certificate(
        case_id=case_id,
        doing=doing,
        answers=form.answers(),
        unit_id=form.unit() if chosen else None,
        outside=form.text("outside"),
    )


def _publish_plan(form: Form, case_id: UUID, doing: Doing) -> object:
    return actions.publish_plan(
        case_id=case_id,
        doing=doing,
        measures=form.text("measures"),
        owner_name=form.text("owner_name"),
        milestones=form.milestones(),
    )


def _finish(form: Form, case_id: UUID, doing: Doing) -> object:
    form.keep_photos(case_id, doing)
    return actions.finish(
        case_id=case_id, doing=doing, result=form.text("result"), answers=form.answers()
    )


def _on_spot(form: Form, case_id: UUID, doing: Doing) -> object:
    done = actions.handle_on_spot(
        case_id=case_id,
        doing=doing,
        category_code=form.text("category"),
        item_code=form.text("item"),
        answers=form.answers(),
    )
    form.keep_photos(case_id, doing)
    return done


def _callback(form: Form, case_id: UUID, doing: Doing) -> object:
    verdict = VerdictGiven(
        answered=form.text("answered") == YES,
        solved=form.text("solved"),
        satisfied=form.text("satisfied"),
        reason=form.text("reason"),
    )
    if not form.text("answered"):
        raise Invalid("case.missing.verdict", field="answered")
    return actions.give_verdict(case_id=case_id, doing=doing, verdict=verdict)


def _attach(form: Form, case_id: UUID, doing: Doing) -> object:
    given = form.uploads()
    if not given:
        raise Invalid("media.empty", field="photos")
    phase = form.text("phase")
    return actions.attach(case_id=case_id, doing=doing, uploads=given, phase=phase)


ACTS: dict[str, Act] = {
    "start_triage": lambda form, case, doing: actions.start_triage(case_id=case, doing=doing),
    "on_spot": _on_spot,
    "classify": _classify,
    "reclassify": _reclassify,
    "dispatch": lambda form, case, doing: actions.dispatch(
        case_id=case,
        doing=doing,
        unit_id=form.unit(),
        text=form.text("text"),
        pushed_item=form.text("pushed_item"),
        co_units=tuple(joint.helpers(form)),
    ),
    "certificate": _certificate,
    "ask_info": lambda form, case, doing: actions.ask_info(
        case_id=case, doing=doing, text=form.text("text")
    ),
    "supply_info": lambda form, case, doing: actions.supply_info(
        case_id=case, doing=doing, text=form.text("text")
    ),
    "answer_now": lambda form, case, doing: actions.answer_now(
        case_id=case, doing=doing, answers=form.answers()
    ),
    "refuse": lambda form, case, doing: actions.refuse(
        case_id=case, doing=doing, reason=form.text("reason"), text=form.text("text")
    ),
    "accept": lambda form, case, doing: actions.accept(case_id=case, doing=doing),
    "start": lambda form, case, doing: actions.start(
        case_id=case, doing=doing, text=form.text("text")
    ),
    "publish_plan": _publish_plan,
    "report_milestone": lambda form, case, doing: actions.report_milestone(
        case_id=case, doing=doing, n=form.number("milestone"), text=form.text("text")
    ),
    "finish": _finish,
    "verify": lambda form, case, doing: actions.verify(
        case_id=case, doing=doing, ok=form.said_yes, text=form.text("text")
    ),
    "callback": _callback,
    "unreachable": lambda form, case, doing: actions.log_callback(
        case_id=case, doing=doing, note=form.text("note")
    ),
    "decide_reopen": lambda form, case, doing: actions.decide_reopen(
        case_id=case, doing=doing, ok=form.said_yes, text=form.text("text")
    ),
    "note": lambda form, case, doing: actions.note(
        case_id=case, doing=doing, text=form.text("text"), shown=bool(form.text("shown"))
    ),
    "attach": _attach,
    **APPROVAL_ACTS,
    **OUTREACH_ACTS,
    **OVERSIGHT_ACTS,
    **TIED_ACTS,
    **joint.ACTS,
}


def act(request: HttpRequest, panel: str, *, case_id: UUID, doing: Doing) -> None:
    """Do what a panel says.

    Raises:
        NotFound: there is no such panel.
        Refusal: as the action says; its field is that of the panel.
    """
    found = ACTS.get(panel)
    if found is None:
        raise NotFound("not_found")
    found(Form(request, panel), case_id, doing)
