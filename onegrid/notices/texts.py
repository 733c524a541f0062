"""Standard texts of notices in the recipient's language, and what they look like before sending.

A text message is not free text: the provider checks each template beforehand and fills in its
variables (at most 35 characters each, no addresses of web pages). The catalogue here is what is
filed with the provider, what a desk sees as preview and what the demo phone shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop, override

from onegrid.notices.terms import Template

#: Longest value of a variable, in characters (rule of the provider).
VALUE_MAX = 35


@dataclass(frozen=True, slots=True)
class Text:
    """One standard text.

    Attributes:
        msgid: English sentence with ``%(name)s`` for variables.
        sample: values for a preview.
        secret: the values open something and are forgotten once the notice is settled.
        by_mail: goes by e-mail only: values are not cut, and it is not filed with the provider.
    """

    msgid: str
    sample: Mapping[str, str]
    secret: bool = False
    by_mail: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the variables."""
        return frozenset(self.sample)


_NUMBER = {"number": "CL26112300017"}
_HANDOVER = {"day": "2026-12-01", "lists": "2"}
_CALL = {"number": "S20261123-0001-6", "place": "和平小区东门"}

TEXTS: Mapping[Template, Text] = {
    Template.LOGIN_CODE: Text(
        gettext_noop(
            "Your sign-in code is %(code)s, valid for %(minutes)s minutes. Nobody of ours will "
            "ever ask you for it."
        ),
        {"code": "204816", "minutes": "10"},
        secret=True,
    ),
    Template.CASE_RECEIVED: Text(
        gettext_noop(
            "Your case %(number)s has been received. Query code: %(token)s. With number and code "
            "you can see how it goes at any time; do not pass the code on."
        ),
        {**_NUMBER, "token": "K7QX-2M9P"},
        secret=True,
    ),
    Template.CASE_CLASSIFIED: Text(
        gettext_noop("Your case %(number)s has been assessed. You will have an answer by %(due)s."),
        {**_NUMBER, "due": "11-24 09:30"},
    ),
    Template.CASE_DISPATCHED: Text(
        gettext_noop("Your case %(number)s is now with %(unit)s."),
        {**_NUMBER, "unit": "宝都街道城市管理办"},
    ),
    Template.CASE_MERGED: Text(
        gettext_noop(
            "Your case %(number)s is handled together with an earlier one about the same matter. "
            "You get the result, and we ask you by yourself whether it is solved."
        ),
        _NUMBER,
    ),
    Template.CASE_UNMERGED: Text(
        gettext_noop(
            "Your case %(number)s is handled by itself again. Its promised time counts from your "
            "report, as before."
        ),
        _NUMBER,
    ),
    Template.CASE_DIVIDED: Text(
        gettext_noop(
            "A part of your case %(number)s is handled as case %(child)s, query code %(token)s. "
            "The time counts from your first report."
        ),
        {**_NUMBER, "child": "CL26112300018", "token": "K7QX-2M9P"},
        secret=True,
    ),
    Template.CASE_PROGRESS: Text(
        gettext_noop(
            "You wrote to us again about case %(number)s. It stands at: %(state)s; the next "
            "promised time is %(due)s. Your message is kept with the case."
        ),
        {**_NUMBER, "state": "处置中", "due": "11-24 09:30"},
    ),
    Template.CASE_JOINED: Text(
        gettext_noop(
            "You joined a report on “%(what)s” on %(day)s. We tell you how it ends; you need not "
            "report it again."
        ),
        {"what": "水管漏水、停水", "day": "11-23"},
    ),
    Template.JOINED_DONE: Text(
        gettext_noop(
            "The report on “%(what)s” that you joined on %(day)s has been answered. If it is not "
            "solved for you, please send a report of your own."
        ),
        {"what": "水管漏水、停水", "day": "11-23"},
    ),
    Template.JOINED_ENDED: Text(
        gettext_noop(
            "The report on “%(what)s” that you joined on %(day)s ended without an answer. If it "
            "still concerns you, please send a report of your own."
        ),
        {"what": "水管漏水、停水", "day": "11-23"},
    ),
    Template.PLAN_PUBLISHED: Text(
        gettext_noop(
            "Your case %(number)s takes longer. A plan with dates has been published; you find it "
            "under your case."
        ),
        _NUMBER,
    ),
    Template.INFO_WANTED: Text(
        gettext_noop(
            "We need one more piece of information for your case %(number)s. Please open the case "
            "to answer. The clock stands still until then."
        ),
        _NUMBER,
    ),
    Template.CASE_DONE: Text(
        gettext_noop(
            "Your case %(number)s has been dealt with. Please look and tell us whether you are "
            "satisfied. If not, it is taken up again."
        ),
        _NUMBER,
    ),
    Template.CASE_CLOSED: Text(
        gettext_noop(
            "Your case %(number)s is closed. If the matter comes back, you can ask within 30 days "
            "for it to be reopened."
        ),
        _NUMBER,
    ),
    Template.REOPEN_ASKED: Text(
        gettext_noop(
            "We have your request to reopen case %(number)s. You will hear what has been decided."
        ),
        _NUMBER,
    ),
    Template.CASE_REOPENED: Text(
        gettext_noop("Your case %(number)s has been reopened and is being handled again."),
        _NUMBER,
    ),
    Template.CASE_OVERDUE: Text(
        gettext_noop(
            "We promised you an answer on case %(number)s and are late. We are sorry. The county "
            "centre has been told and is following it up."
        ),
        _NUMBER,
    ),
    Template.CASE_ON_HOLD: Text(
        gettext_noop(
            "Your case %(number)s has to rest until %(until)s. Reason: %(reason)s. It goes on by "
            "itself; the clock stands still until then."
        ),
        {**_NUMBER, "until": "11-30 00:00", "reason": "天气或季节原因"},
    ),
    Template.CASE_RESUMED: Text(
        gettext_noop("Work on your case %(number)s goes on; the clock runs again."),
        _NUMBER,
    ),
    Template.CASE_EXTENDED: Text(
        gettext_noop(
            "Your case %(number)s needs more time: you will have an answer by %(due)s. "
            "Reason: %(reason)s."
        ),
        {**_NUMBER, "due": "11-24 09:30", "reason": "配件须从外地调运"},
    ),
    Template.CASE_HANDED_OVER: Text(
        gettext_noop(
            "Your case %(number)s is now with %(body)s. We go on watching it and tell you the "
            "answer."
        ),
        {**_NUMBER, "body": "市住房公积金管理中心"},
    ),
    Template.VERDICT_KEPT: Text(
        gettext_noop(
            "Thank you for your verdict on case %(number)s. It is kept; the case closes as soon as "
            "the unit has answered the supervision that is open."
        ),
        _NUMBER,
    ),
    Template.STAFF_LADDER: Text(
        gettext_noop(
            "Case %(number)s has used up %(percent)s percent of its promised time. Please see to "
            "it; the page Reminders shows it."
        ),
        {**_NUMBER, "percent": "100"},
    ),
    Template.STAFF_SUPERVISED: Text(
        gettext_noop(
            "Case %(number)s is under supervision. Your unit owes a reply; its page shows by when."
        ),
        _NUMBER,
    ),
    Template.STAFF_REPLIED: Text(
        gettext_noop("The supervision of case %(number)s was answered. Please look at the reply."),
        _NUMBER,
    ),
    Template.STAFF_REOPENING: Text(
        gettext_noop("The reporter of case %(number)s asks for reopening. Please decide."),
        _NUMBER,
    ),
    Template.CASE_REFUSED: Text(
        gettext_noop(
            "Case %(number)s cannot be accepted. Reason: %(reason)s. Under your case you find "
            "where to turn instead and how to object; 12345 helps by phone."
        ),
        {**_NUMBER, "reason": "不属于本县管辖"},
    ),
    Template.TEAM_CALLED: Text(
        gettext_noop(
            "Call %(number)s: you are needed at %(place)s. Sign in by %(due)s under “Calls”; the "
            "place tells you a code on arrival."
        ),
        {**_CALL, "due": "11-24 09:30"},
    ),
    Template.CALL_REMINDER: Text(
        gettext_noop(
            "Call %(number)s at %(place)s: nobody has signed in and the time is up. Please sign in "
            "now."
        ),
        _CALL,
    ),
    Template.CALL_UNSIGNED: Text(
        gettext_noop(
            "Call %(number)s at %(place)s: nobody of your unit has signed in. Please see to it."
        ),
        _CALL,
    ),
    Template.CALL_OFF: Text(
        gettext_noop("Call %(number)s at %(place)s is called off. You need not come."),
        _CALL,
    ),
    Template.SWAP_ASKED: Text(
        gettext_noop(
            "%(name)s asks you to take over the duty of %(day)s. Please answer under “My duties”."
        ),
        {"name": "王伟", "day": "11-28 08:30"},
    ),
    Template.HANDOVER_TO_SIGN: Text(
        gettext_noop(
            "A new grid plan begins on %(day)s. Hand-over lists for you to sign: %(lists)s. Please "
            "sign under “Hand-overs”."
        ),
        _HANDOVER,
    ),
    Template.HANDOVER_TO_NAME: Text(
        gettext_noop(
            "A new grid plan begins on %(day)s. Hand-over lists without anybody who takes over: "
            "%(lists)s. Please name them under “Hand-overs”."
        ),
        _HANDOVER,
    ),
    Template.HANDOVER_REMINDER: Text(
        gettext_noop(
            "Reminder: the new grid plan begins on %(day)s. Hand-over lists that still wait for "
            "you: %(lists)s. Please see to them under “Hand-overs”."
        ),
        _HANDOVER,
    ),
    Template.PARTY_ASKED: Text(
        gettext_noop(
            "%(asker)s has a question for you. On our website choose “Answer our question” and "
            "enter the code %(code)s, by %(until)s. You need no account."
        ),
        {"asker": "宝都街道城市管理办", "code": "K7QX-2M9P-4TBW-9HCD", "until": "11-30 18:00"},
        secret=True,
    ),
    Template.PARTY_ASKED_MAIL: Text(
        gettext_noop(
            "%(asker)s has a question for you. Please answer by %(until)s on this page; you need "
            "no account: %(link)s"
        ),
        {"asker": "宝都街道城市管理办", "until": "11-30 18:00", "link": "…/q/K7QX-2M9P-4TBW-9HCD/"},
        secret=True,
        by_mail=True,
    ),
    Template.FOLLOW_CONFIRM: Text(
        gettext_noop(
            "Somebody, probably you, asked for e-mails on what is published about %(what)s. "
            "Confirm it here within three days: %(link)s "
            "If it was not you, do nothing: nothing is sent."
        ),
        {"what": "和平社区", "link": "…/published/follow/confirm/…/"},
        secret=True,
        by_mail=True,
    ),
    Template.FOLLOW_NEWS: Text(
        gettext_noop(
            "New in %(what)s: %(title)s. Read it here: %(link)s To get no more of these e-mails, "
            "open %(leave)s and press the button."
        ),
        {
            "what": "和平社区",
            "title": "路灯不亮",
            "link": "…/published/…/",
            "leave": "…/published/follow/leave/…/",
        },
        secret=True,
        by_mail=True,
    ),
}


def render(*, template: Template, params: Mapping[str, str], language: str) -> str:
    """Return a standard text with its values, in a language.

    Raises:
        KeyError: a value is missing.
    """
    with override(language):
        return gettext(TEXTS[template].msgid) % dict(params)


def preview(*, template: Template, language: str, params: Mapping[str, str] | None = None) -> str:
    """Return what the recipient would read; samples stand in for values that are not known."""
    known = {
        **TEXTS[template].sample,
        **checked(template=template, params=params or {}, partly=True),
    }
    return render(template=template, params=known, language=language)


def for_provider(*, template: Template, language: str) -> str:
    """Return a text as it is filed with the provider, with ``${name}`` for its variables."""
    names = {name: "${" + name + "}" for name in TEXTS[template].names}
    return render(template=template, params=names, language=language)


def checked(
    *, template: Template, params: Mapping[str, str], partly: bool = False
) -> dict[str, str]:
    """Return the values of a text, cut to the length that the provider takes.

    Raises:
        ValueError: the names are not those of the text (an error of the caller, not of a person).
    """
    names = TEXTS[template].names
    if not (params.keys() <= names if partly else params.keys() == names):
        raise ValueError(f"{template} takes {sorted(names)}, not {sorted(params)}")
    if TEXTS[template].by_mail:
        return {name: " ".join(value.split()) for name, value in params.items()}
    return {name: _cut(value) for name, value in params.items()}


def _cut(value: str) -> str:
    flat = " ".join(value.split())
    return flat if len(flat) <= VALUE_MAX else flat[: VALUE_MAX - 1] + "…"
