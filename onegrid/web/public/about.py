"""Pages that explain: how to report, what happens to data, how everybody can use the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from onegrid.cases import lawful
from onegrid.core import numbers
from onegrid.duties.terms import Parameter
from onegrid.web.middleware import Request


@dataclass(frozen=True, slots=True)
class Told:
    """A step, a way or a right with its explanation."""

    icon: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A sort of data: what it is, what it is for, who sees it and for how long."""

    what: str
    why: str
    who: str
    how_long: str


@require_safe
def guide(request: Request) -> HttpResponse:
    """Show how to report, how to read the receipt, and what can be done afterwards."""
    number = numbers.make(request.viewer.tenant_id, localtime(request.now).date(), 1)
    parts = zip(number.split("-"), _number_words(), strict=True)
    context = {
        "steps": _steps(),
        "number": number,
        "parts": list(parts),
        "after": _after(request.now),
    }
    return render(request, "public/help.html", context)


@require_safe
def privacy(request: Request) -> HttpResponse:
    """Say what is kept, why, who sees it, for how long, and what rights there are."""
    return render(request, "public/privacy.html", {"kept": _kept(), "rights": _rights()})


@require_safe
def accessibility(request: Request) -> HttpResponse:
    """Say what works for everybody, what does not yet, the keys, and where to complain."""
    context = {"works": _works(), "lacks": _lacks(), "keys": _keys()}
    return render(request, "public/accessibility.html", context)


def _steps() -> list[Told]:
    return [
        Told(
            "megaphone",
            _("Say what it is about"),
            _("Press “I want to report something” and choose a picture, or begin with a photo."),
        ),
        Told(
            "map-pin",
            _("Show the place"),
            _("Tap the map, choose the building from the list, or describe the place in words."),
        ),
        Told(
            "pencil",
            _("Tell what happened"),
            _("A few words are enough. Photos and a voice note help."),
        ),
        Told(
            "user",
            _("Say how we reach you"),
            _("With your account, by phone number, or anonymously: it is your choice."),
        ),
        Told(
            "clipboard-check",
            _("Check and send"),
            _("Every answer can still be changed. Then send the report."),
        ),
        Told(
            "qr-code",
            _("Keep the receipt"),
            _("Copy it, print it, or take a picture: with it you follow your request."),
        ),
    ]


def _number_words() -> list[str]:
    return [
        _("code of the county"),
        _("day of the report"),
        _("running number of that day"),
        _("check digit: finds typing errors"),
    ]


def _after(now: datetime) -> list[Told]:
    wait = lawful.today(Parameter.INFO_WAIT_DAYS, now=now)
    reopen = lawful.today(Parameter.REOPEN_DAYS, now=now)
    return [
        Told(
            "message-circle-question-mark",
            _("Answer a question"),
            _("If something is missing you are asked; you have %(days)s days to answer.")
            % {"days": wait},
        ),
        Told("bell", _("Remind"), _("If it takes too long, remind the unit on the page.")),
        Told(
            "thumbs-up",
            _("Give your verdict"),
            _("At the end you say whether you were answered, and whether it is solved."),
        ),
        Told(
            "rotate-ccw",
            _("Open it again"),
            _("Not solved after all? Within %(days)s days you can ask to open it again.")
            % {"days": reopen},
        ),
        Told(
            "scale",
            _("Appeal"),
            _("If it is not accepted, the reason is written there. You can appeal once."),
        ),
        Told("undo-2", _("Withdraw"), _("You can withdraw a request before it is done.")),
    ]


def _kept() -> list[Kept]:
    return [
        Kept(
            _("Your words, photos and voice note; the place"),
            _("To find out what is wrong, to settle it and to answer you."),
            _("Those who work on requests of this area, its unit, and the county centre."),
            _("With the files of the office; there is no automatic deletion."),
        ),
        Kept(
            _("Your name and phone number, if you leave them"),
            _("To call you back and to send you messages about your request."),
            _("Masked for everybody; opened one by one, with a purpose, by those who handle it."),
            _("With the request; no longer opened once it is closed."),
        ),
        Kept(
            _("Who opened your number, when and what for"),
            _("So that you and the audit can check it."),
            _("You, on the page of your request, and the audit administrator."),
            _("For good; nobody can change or delete it in the program."),
        ),
        Kept(
            _("Text messages to you"),
            _("To send them and to know whether they arrived."),
            _("The text message provider of the county."),
            _("90 days after sending."),
        ),
        *_kept_by_signing_in(),
    ]


def _kept_by_signing_in() -> list[Kept]:
    return [
        Kept(
            _("Sign-in codes; a fingerprint of the network address, not the address"),
            _("To sign you in and to stop those who try numbers."),
            _("Nobody."),
            _("Two days."),
        ),
        Kept(
            _("That you are signed in, with the names of browser and system"),
            _("So that you stay signed in and can sign out other devices."),
            _("You, under “Where I am signed in”."),
            _("Until you sign out, or %(days)s days without a visit.")
            % {"days": settings.RESIDENT_IDLE_DAYS},
        ),
        Kept(
            _("A report that you began and did not send"),
            _("So that nothing is lost when you reload the page."),
            _("Nobody."),
            _("At most three days."),
        ),
        Kept(
            _("Language, large print and colours, in your browser"),
            _("So that you choose them only once."),
            _("Only your browser."),
            _("One year, or until you clear it."),
        ),
    ]


def _rights() -> list[Told]:
    return [
        Told(
            "eye",
            _("Know and look"),
            _("The page of your request shows all we have of it, and who opened your number."),
        ),
        Told("printer", _("Take a copy"), _("That page can be printed or saved.")),
        Told(
            "pencil",
            _("Correct"),
            _("Your name you change in your account; for everything else, call 12345."),
        ),
        Told(
            "trash-2",
            _("Delete, or withdraw your consent"),
            _("Ask by phone or at the counter. What the law orders to keep as a file stays."),
        ),
        Told(
            "message-square-text",
            _("Have it explained"),
            _("Ask why something was decided. No machine decides on your request."),
        ),
        Told(
            "scale",
            _("Complain"),
            _("To the county centre by 12345, to the cyberspace office, or go to court."),
        ),
    ]


def _works() -> list[Told]:
    return [
        Told(
            "a-large-small",
            _("Large print"),
            _("One tap at the top: letters half as large again, large buttons; it is remembered."),
        ),
        Told(
            "keyboard",
            _("Keyboard only"),
            _("Everything can be reached and used without a mouse; the focus is always seen."),
        ),
        Told(
            "volume-2",
            _("Listening"),
            _("Pages are built for screen readers; receipts and requests can be read aloud."),
        ),
        Told(
            "mic",
            _("Speaking instead of writing"),
            _("A report can carry a voice note; the phone 12345 is open day and night."),
        ),
        Told(
            "list",
            _("Without the map"),
            _("Whatever a map shows or asks for, a list or an address field does as well."),
        ),
        Told(
            "sun-moon",
            _("Light, dark, small, enlarged"),
            _("Light and dark colours with clear contrast, from 320 pixels to large screens."),
        ),
        Told(
            "clock",
            _("No hurry, no puzzle"),
            _("No picture puzzles. A report you are writing is not lost when a session ends."),
        ),
    ]


def _lacks() -> list[str]:
    return [
        _("Photos of others have no description of what they show."),
        _("Voice notes have no written form."),
        _("Reading aloud needs a voice on your device; not every phone has a Chinese one."),
        _("There is no sign language and no easy language yet."),
        _("Every page is checked by program; a test with disabled people is still to be made."),
    ]


def _keys() -> list[tuple[str, str, str]]:
    """Return key, what it does, and where."""
    everywhere, queue, chart = _("everywhere"), _("desk: queue"), _("map")
    return [
        ("Tab", pgettext("key", "to the next field or link; with Shift back"), everywhere),
        ("Enter", pgettext("key", "press, open"), everywhere),
        ("Esc", pgettext("key", "close a menu"), everywhere),
        ("← ↑ → ↓", pgettext("key", "move the map"), chart),
        ("+ −", pgettext("key", "nearer, farther"), chart),
        ("Enter", pgettext("key", "take the middle of the map as the place"), chart),
        ("j k", pgettext("key", "next, previous case"), queue),
        ("x", pgettext("key", "tick the case"), queue),
        ("/", pgettext("key", "search"), queue),
        ("?", pgettext("key", "show these keys"), queue),
    ]
