"""Ways to ask somebody, and the limits of questions, public pages and subscriptions."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from onegrid.core.flow import State
from onegrid.core.redaction import Sort


class Whom(TextChoices):
    """Who is asked."""

    REPORTER = "reporter", _("the reporter")
    OTHER = "other", _("somebody else")


class Way(TextChoices):
    """How the link reaches whoever is asked."""

    SMS = "sms", _("text message")
    EMAIL = "email", _("e-mail")
    LINK = "link", _("I pass the link on myself")


#: A question can be answered for so many days; the asker chooses.
VALID_DAYS = (3, 7, 14, 30)
#: Unanswered questions of one case at the same time.
MOST_OPEN = 5
MAX_QUESTION = 1000
MAX_DISCLOSED = 1000
MAX_ANSWER = 4000
MAX_NAME = 64
MAX_EMAIL = 254

#: States in which a case has an answer that the public may read.
ANSWERED = frozenset({State.CALLBACK, State.CLOSED})
MAX_PUBLIC_TEXT = 4000
#: Published cases on one page of the list, and in one feed.
PAGE, FEED = 20, 50
#: An address has so long to confirm that it wants e-mail.
CONFIRM = timedelta(days=3)
#: Where the links in e-mails lead, behind the address of the site.
CASE_PATH = "/published/{}/"
CONFIRM_PATH = "/published/follow/confirm/{}/"
LEAVE_PATH = "/published/follow/leave/{}/"
#: Subscriptions of one address in a county.
MOST_SUBSCRIPTIONS = 20

SORT_LABELS = {
    Sort.PHONE: _("phone number"),
    Sort.ID_NUMBER: _("identity number"),
    Sort.CARD: _("card number"),
    Sort.PLATE: _("number plate"),
    Sort.EMAIL: _("e-mail address"),
    Sort.ACCOUNT: _("account name"),
    Sort.DWELLING: _("number of a flat"),
    Sort.NAME: _("name of a person"),
}
