"""Carries notices by e-mail: the same standard texts as text messages, one mail each."""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from django.conf import settings
from django.utils import translation

from onegrid.integrations.mail.adapter import Login, Server, login_of_settings, smtp_to
from onegrid.integrations.mail.reading import OURS
from onegrid.notices.ports import Answer, Message, Outcome, SmsGateway
from onegrid.notices.terms import Template
from onegrid.notices.texts import render


class MailGateway(SmsGateway):
    """The port of notices, filled by a mail server.

    A mail server cannot be asked whether it has a mail: when an answer was lost, the mail goes out
    again under the same Message-ID, by which mail programs know it.
    """

    def __init__(self, server: Server | None, login: Login) -> None:
        """Take the server mail goes out by; None: nothing is set up."""
        self._server = server
        self._login = login

    def send(self, message: Message, *, now: datetime) -> Answer:
        """Hand one mail over; ``message.phone`` holds the address."""
        if self._server is None:
            return Answer(Outcome.LATER, error="not_set_up")
        try:
            with smtp_to(self._server, self._login) as smtp:
                smtp.send_message(self._mail(message, now))
        except smtplib.SMTPRecipientsRefused as error:
            never = all(code >= 500 for code, _ in error.recipients.values())
            return Answer(Outcome.NEVER if never else Outcome.LATER, error="recipient refused")
        except smtplib.SMTPResponseException as error:
            outcome = Outcome.NEVER if 550 <= error.smtp_code < 560 else Outcome.LATER
            return Answer(outcome, error=f"smtp {error.smtp_code}")
        except smtplib.SMTPServerDisconnected:
            return Answer(Outcome.UNKNOWN, error="disconnected")
        except (OSError, smtplib.SMTPException) as error:
            return Answer(Outcome.LATER, error=f"no answer: {type(error).__name__}")
        return Answer(Outcome.ACCEPTED)

    def _mail(self, message: Message, now: datetime) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = self._login.sender, message.phone
        with translation.override(message.language):
            mail["Subject"] = str(Template(message.template).label)
        mail["Date"] = now
        mail["Message-ID"] = f"<{message.out_id}@{self._login.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail[OURS] = "1"
        text = render(
            template=Template(message.template), params=message.params, language=message.language
        )
        mail.set_content(f"{text}\n")
        return mail


def from_settings() -> MailGateway:
    """Return the gateway that settings describe.

    Raises:
        MailSettingWrong: see `Server.of`.
    """
    url = settings.MAIL_SMTP
    return MailGateway(Server.of(url) if url else None, login_of_settings())
