"""Follow a request without an account: number and query code, then its page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from onegrid.cases.queries import case_by_receipt, case_id_of
from onegrid.cases.queries.letters import letter_for_reporter
from onegrid.cases.queries.tied import divided_with
from onegrid.common.refusals import NotFound, Refusal
from onegrid.web import throttle
from onegrid.web.casework import letter as letters
from onegrid.web.edge import refused_form
from onegrid.web.middleware import Request
from onegrid.web.reporter_page import answer
from onegrid.web.shown import remember_case, shown_cases

TRIES, SECONDS = 10, 600


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: Request) -> HttpResponse:
    """Take number and query code; wrong pairs are counted per network address."""
    if request.method != "POST":
        number = request.GET.get("number", "")[:40]
        return render(request, "public/lookup.html", {"number": number})
    typed = {"number": request.POST.get("number", ""), "code": request.POST.get("code", "")}
    try:
        throttle.check(request, "lookup", most=TRIES, seconds=SECONDS)
        view = case_by_receipt(
            request.viewer, number=typed["number"], token=typed["code"], now=request.now
        )
    except Refusal as refusal:
        return _refused(request, typed, refusal)
    response = redirect("public:status", number=view.case.number)
    remember_case(request, response, view.case.pk)
    return response


def _refused(request: Request, typed: dict[str, str], refusal: Refusal) -> HttpResponse:
    """Show the form again; the count of failed tries outlives the refusal."""
    if isinstance(refusal, NotFound):
        throttle.failed(request, "lookup", seconds=SECONDS)
        refusal.field = "number"
    response = refused_form(request, "public/lookup.html", typed, refusal)
    response.keep_writes = True  # type: ignore[attr-defined]
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def status(request: Request, number: str) -> HttpResponse:
    """Show a case whose number and query code this browser has shown."""
    case_id = case_id_of(number)
    known = set(shown_cases(request))
    if case_id not in known and known.isdisjoint(divided_with(case_id)):
        raise NotFound("case.not_found")
    return answer(request, case_id=case_id, by_receipt=True)


@require_safe
def letter(request: Request, number: str) -> HttpResponse:
    """Send the reply as PDF to a browser that has shown number and query code."""
    case_id = case_id_of(number)
    if case_id not in shown_cases(request):
        raise NotFound("case.not_found")
    made = letter_for_reporter(request.viewer, case_id=case_id, now=request.now)
    return letters.sent(request, made)
