"""Write the mails that answer a reporter who wrote by mail."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from django.utils import translation
from django.utils.translation import gettext as _

from onegrid.exchange.ports import Parcel
from onegrid.exchange.terms import Kind
from onegrid.integrations.mail.reading import OURS

#: What is worth a mail; everything else is seen on the page of the case.
TOLD = frozenset({Kind.RECEIVED, Kind.CONSULT, Kind.RETURN, Kind.FINISH})
_LANGUAGE = "zh-hans"


def letter(parcel: Parcel, sender: str) -> EmailMessage:
    """Return the mail of a message; its Message-ID is the same for every attempt."""
    mail = EmailMessage(policy=SMTP)
    host = sender.rpartition("@")[2]
    mail["From"], mail["To"] = sender, parcel.reply_to
    mail["Subject"] = f"Re: {_flat(parcel.subject)} [{parcel.number}]"
    mail["Date"] = parcel.at
    mail["Message-ID"] = f"<{parcel.message_id}@{host}>"
    if parcel.thread:
        mail["In-Reply-To"] = mail["References"] = f"<{parcel.thread}>"
    mail["Auto-Submitted"] = "auto-replied"
    mail[OURS] = "1"
    with translation.override(_LANGUAGE):
        mail.set_content(text(parcel))
    return mail


def text(parcel: Parcel) -> str:
    """Return the words of a message for the reporter, in the active language."""
    body = parcel.body
    said = str(body.get("text", ""))
    if parcel.kind == Kind.RECEIVED:
        words = _(
            "We have received your request. Its number is %(number)s, its query code "
            "%(code)s; with both you can follow it on our website."
        ) % {"number": parcel.number, "code": body.get("query_code", "")}
    elif parcel.kind == Kind.CONSULT:
        words = _("We need something from you before we can go on:") + f"\n\n{said}"
    elif parcel.kind == Kind.RETURN:
        words = _("Your request cannot be accepted:") + f"\n\n{said}"
    else:
        answers = "\n\n".join(
            f"{one['n']}. {one['answer']}" if len(body["answers"]) > 1 else str(one["answer"])
            for one in body["answers"]
        )
        words = _("This is the answer to your request:") + f"\n\n{answers}"
    foot = _("Answer this mail to add something to request %(number)s.") % {"number": parcel.number}
    return f"{words}\n\n{foot}\n"


def _flat(subject: str) -> str:
    return " ".join(subject.split())
