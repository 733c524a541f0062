"""The report, one question per page: what, where, in your words, who, check, send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onegrid.accounts.terms import Role
from onegrid.cases.actions import open_case
from onegrid.cases.actions.files import adopt
from onegrid.cases.actions.opening import MAX_PARTS
from onegrid.cases.queries.reporter import receipt_of
from onegrid.cases.questions import read
from onegrid.cases.reference import category_by_code
from onegrid.cases.terms import FilePhase
from onegrid.common.files import default_store
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Invalid, NotFound, Refusal
from onegrid.duties.queries import certificates_in
from onegrid.grids import queries as grids
from onegrid.web.edge import key_of, new_key, refused_form
from onegrid.web.middleware import Request
from onegrid.web.pictures import picture
from onegrid.web.public import drafts_shown as shown
from onegrid.web.public import joining, readers
from onegrid.web.public.draft import Draft, Who, drop, load, save, viewer_for
from onegrid.web.shown import remember_case, remember_receipt

_page = require_http_methods(["GET", "HEAD", "POST"])
Shown = Callable[[Request, Draft], dict[str, Any]]


def _context(request: Request, draft: Draft, step: int, back: str, **more: Any) -> dict[str, Any]:
    return {
        "draft": draft,
        "signed_draft": draft.signed(),
        "key": draft.key,
        "step": step,
        "steps": 5,
        "back": reverse(back),
        "danger": shown.danger_lines(draft),
        **more,
    }


def _turn(
    request: Request, draft: Draft, reader: readers.Reader, template: str, context: dict[str, Any]
) -> HttpResponse | None:
    """Read a page into the draft; return the page again when it was refused.

    A page that belongs to a report already sent (back button) begins a new one with its content.
    """
    if receipt_of(key=UUID(draft.key)) is not None:
        draft.key = context["key"] = new_key()
    try:
        reader(request, draft)
    except Refusal as refusal:
        save(request, draft)
        context["signed_draft"] = draft.signed()
        response = refused_form(request, template, {**context, "draft": draft}, refusal)
        response.keep_writes = True  # type: ignore[attr-defined]
        return response
    save(request, draft)
    return None


def _onward(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Go to the next page, or back to the answers when one of them was changed."""
    changing = request.GET.get("change") == "1"
    return redirect("public:report_check" if changing else otherwise)


@_page
def what(request: Request) -> HttpResponse:
    """Ask what it is about: tiles, a photo, or leave it to us."""
    draft = load(request)
    context = _context(request, draft, 1, "home", groups=shown.groups(request))
    if request.method != "POST":
        save(request, draft)
        return render(request, "public/report_what.html", context)
    refused = _turn(request, draft, readers.read_what, "public/report_what.html", context)
    return refused or _onward(request, "public:report_place")


@require_safe
def group(request: Request, code: str) -> HttpResponse:
    """Show the categories of a group; the choice is sent to `what`."""
    draft, chosen = load(request), category_by_code(code)
    if chosen is None:
        raise NotFound
    save(request, draft)
    rows = shown.members(request, chosen)
    label = chosen.label(shown.language(request))
    more = {"rows": rows, "group": label, "group_code": code}
    return render(
        request, "public/report_group.html", _context(request, draft, 1, "public:report", **more)
    )


@_page
def place(request: Request) -> HttpResponse:
    """Ask where it is: map, address list or words."""
    draft = load(request)
    if request.method != "POST":
        save(request, draft)
        return render(request, "public/report_place.html", _place_context(request, draft))
    context = _place_context(request, draft, typed=request.POST)
    refused = _turn(request, draft, readers.read_place, "public/report_place.html", context)
    return refused or _onward(request, "public:report_text")


def _place_context(request: Request, draft: Draft, typed: Any = None) -> dict[str, Any]:
    given = typed if typed is not None else vars(draft)
    values = {name: given.get(name, "") for name in ("lon", "lat", "address")}
    return _context(request, draft, 2, "public:report", map_data=reverse("map_plan"), **values)


@require_safe
def address(request: Request) -> HttpResponse:
    """Choose a building step by step or by words; works without JavaScript and without the map."""
    draft = load(request)
    area, compound = request.GET.get("area", ""), request.GET.get("compound", "")
    search = request.GET.get("search", "")
    try:
        area_id = UUID(area) if area else None
    except ValueError as error:
        raise NotFound("place.unknown_area") from error
    choices = grids.address_list(on=request.now, area_id=area_id, compound=compound, search=search)
    more = {
        "choices": choices,
        "search": search,
        "trail": shown.trail(area_id, compound),
        "whole": shown.whole(area_id, compound),
        "change": request.GET.get("change", ""),
    }
    context = _context(request, draft, 2, "public:report_place", **more)
    return render(request, "public/report_address.html", context)


@_page
def describe(request: Request) -> HttpResponse:
    """Ask for the words: one text per matter, kind, photos, voice."""
    draft = load(request)
    if request.method != "POST":
        save(request, draft)
        return render(request, "public/report_text.html", _text_context(request, draft))
    draft.answers = readers.typed_answers(request, draft)
    context = _text_context(request, draft, readers.typed_texts(request))
    refused = _turn(request, draft, readers.read_text, "public/report_text.html", context)
    if refused is not None:
        return refused
    if "more" in request.POST:
        more = _text_context(request, draft, [*draft.texts, ""])
        return render(request, "public/report_text.html", more)
    if draft.who == Who.UNSAID and request.viewer.has(Role.RESIDENT):
        draft.who = Who.ACCOUNT
        save(request, draft)
        return redirect("public:report_check")
    return _onward(request, "public:report_contact")


def _text_context(request: Request, draft: Draft, texts: list[str] | None = None) -> dict[str, Any]:
    given = draft.texts if texts is None else texts
    return _context(
        request,
        draft,
        3,
        "public:report_place",
        texts=given or [""],
        may_add=len(given) < MAX_PARTS,
        questions=shown.questions(request, draft),
        kinds=shown.kinds(),
        photos=shown.photos(draft),
        has_voice=len(draft.kept) > len(draft.photos),
    )


@sensitive_post_parameters("name", "phone")
@_page
def contact(request: Request) -> HttpResponse:
    """Ask how the reporter wants to be known."""
    draft = load(request)
    typed = request.POST if request.method == "POST" else vars(draft)
    values = {name: typed.get(name, "") for name in ("name", "phone", "confidential")}
    context = _context(request, draft, 4, "public:report_text", **values)
    if request.method != "POST":
        save(request, draft)
        return render(request, "public/report_contact.html", context)
    refused = _turn(request, draft, readers.read_who, "public/report_contact.html", context)
    return refused or redirect("public:report_check")


@_page
def check(request: Request) -> HttpResponse:
    """Show all answers with links to change them; send."""
    draft = load(request)
    if request.method == "POST":
        return _send(request, draft)
    missing = _missing(request, draft)
    if missing:
        return redirect(missing)
    save(request, draft)
    return render(request, "public/report_check.html", _check_context(request, draft))


def _check_context(request: Request, draft: Draft) -> dict[str, Any]:
    return _context(
        request,
        draft,
        5,
        "public:report_contact",
        answers=shown.answers(request, draft),
        photos=shown.photos(draft),
        suggestions=shown.suggestions(request, draft),
        certificates=certificates_in(draft.text, on=localtime(request.now).date()),
        offers=joining.offered(request, draft),
        may_be_told=joining.may_be_told(draft),
    )


def _missing(request: Request, draft: Draft) -> str:
    """Return the first page without an answer."""
    if not draft.has_place:
        return "public:report_place"
    if not draft.matters or _unanswered(draft):
        return "public:report_text"
    if draft.who == Who.UNSAID:
        return "public:report_contact"
    return ""


def _unanswered(draft: Draft) -> bool:
    """Tell whether a needed question is open: the category may have been changed afterwards."""
    try:
        read(category_by_code(draft.category), draft.answers)
    except Invalid:
        return True
    return False


def _send(request: Request, draft: Draft) -> HttpResponse:
    key = key_of(request)
    if receipt_of(key=key) is not None:
        return _sent(request, key, draft)
    missing = _missing(request, draft)
    if missing:
        messages.warning(request, text(Refusal("report.incomplete")))
        return redirect(missing)
    if "category" in request.POST:
        refused = _turn(
            request,
            draft,
            readers.read_what,
            "public/report_check.html",
            _check_context(request, draft),
        )
        return refused or redirect("public:report_check")
    try:
        if "join" in request.POST:
            return joining.join(request, draft, key)
        with transaction.atomic():
            _open(request, draft, key)
    except Refusal as refusal:
        return _not_sent(request, draft, refusal)
    return _sent(request, key, draft)


def _not_sent(request: Request, draft: Draft, refusal: Refusal) -> HttpResponse:
    """Show the answers again; the draft is kept, the case is not."""
    save(request, draft)
    context = _check_context(request, draft)
    response = refused_form(request, "public/report_check.html", context, refusal)
    response.keep_writes = True  # type: ignore[attr-defined]
    return response


def _open(request: Request, draft: Draft, key: UUID) -> None:
    viewer = viewer_for(draft, request.viewer)
    files = draft.kept
    _check_files(request, draft)
    receipt = open_case(
        viewer=viewer,
        request=draft.as_request(language=get_language() or "zh-hans"),
        now=request.now,
        key=key,
    )
    adopt(
        case_id=receipt.case_id, files=files, phase=FilePhase.REPORT, viewer=viewer, at=request.now
    )


def _check_files(request: Request, draft: Draft) -> None:
    """Refuse when a prepared file was swept in the meantime; those that are left stay.

    Raises:
        Invalid: ``report.photo_gone``.
    """
    store = default_store()
    there = [
        item
        for item in draft.files
        if store.path(tenant_id=request.tenant_id, sha256=item["sha256"]).exists()
    ]
    if len(there) < len(draft.files):
        draft.files = there
        raise Invalid("report.photo_gone", field="photos")


def _sent(request: Request, key: UUID, draft: Draft) -> HttpResponse:
    """Show the receipt of a key; sending twice shows the same one."""
    receipt = receipt_of(key=key)
    assert receipt is not None
    response = redirect("public:receipt")
    remember_receipt(response, key)
    remember_case(request, response, receipt.case_id)
    if draft.key == str(key):
        drop(request)
    return response


@require_POST
def restart(request: Request) -> HttpResponse:
    """Throw the draft away and begin anew."""
    drop(request)
    return redirect("public:report")


@require_POST
def drop_file(request: Request) -> HttpResponse:
    """Leave a photo or voice note out again."""
    draft = load(request)
    unwanted = request.POST.get("file", "")
    draft.files = [item for item in draft.files if item["sha256"] != unwanted]
    save(request, draft)
    return redirect("public:report_text")


@require_safe
def photo(request: Request, number: int) -> HttpResponse:
    """Send the thumbnail of a photo of the draft, to the browser that added it."""
    photos = load(request).photos
    if not 0 <= number < len(photos):
        raise NotFound("file.not_found")
    data = default_store().read(tenant_id=request.tenant_id, sha256=photos[number].thumb_sha256)
    return picture(data, "image/jpeg")
