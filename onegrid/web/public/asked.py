"""Answer a question by link: no account, nothing of the case but what the asker chose to tell."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from onegrid.common.refusals import NotFound, Refusal
from onegrid.core import numbers
from onegrid.outreach import actions
from onegrid.outreach.queries import question
from onegrid.web import throttle
from onegrid.web.edge import key_of, new_key, refused_form
from onegrid.web.middleware import Request
from onegrid.web.uploads import photos_of

TRIES, SECONDS = 10, 600
_CODE, _PAGE = "public/asked.html", "public/question.html"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: Request) -> HttpResponse:
    """Take the code of a text message."""
    if request.method != "POST":
        return render(request, _CODE, {"code": ""})
    typed = request.POST.get("code", "")[:64]
    try:
        throttle.check(request, "asked", most=TRIES, seconds=SECONDS)
        code = numbers.normalise_token(typed)
        question(code=code, now=request.now)
    except (numbers.BadToken, Refusal) as error:
        refusal = error if isinstance(error, Refusal) else NotFound("party.unknown", field="code")
        return _refused(request, _CODE, {"code": typed}, refusal)
    return _private(redirect("public:question", code=code))


@sensitive_variables("code")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, code: str) -> HttpResponse:
    """Show the question, or take the answer; a code that opens nothing is counted."""
    try:
        throttle.check(request, "asked", most=TRIES, seconds=SECONDS)
        found = question(code=code, now=request.now)
    except Refusal as refusal:
        return _refused(request, _CODE, {"code": ""}, refusal)
    context = {"question": found, "until": localtime(found.expires_at), "values": request.POST}
    if request.method != "POST":
        return _private(render(request, _PAGE, {**context, "key": new_key()}))
    try:
        _take(request, code)
    except Refusal as refusal:
        kept = {**context, "key": request.POST.get("key") or new_key()}
        return _private(refused_form(request, _PAGE, kept, refusal))
    return _private(render(request, "public/question_done.html"))


def _take(request: Request, code: str) -> None:
    actions.answer_question(
        code=code,
        text=request.POST.get("answer", "").replace("\x00", "").replace("\r\n", "\n"),
        name=request.POST.get("name", "").replace("\x00", ""),
        uploads=photos_of(request),
        now=request.now,
        key=key_of(request),
    )


def _refused(
    request: Request, template: str, context: dict[str, Any], refusal: Refusal
) -> HttpResponse:
    """Say why nothing opens; the count of failed tries outlives the refusal."""
    if isinstance(refusal, NotFound):
        throttle.failed(request, "asked", seconds=SECONDS)
    response = _private(refused_form(request, template, context, refusal))
    response.keep_writes = True  # type: ignore[attr-defined]
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
