"""Words of the exchange with other cities."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Form(TextChoices):
    """The format a city answers in."""

    JSON = "json", "JSON"
    XML = "xml", "XML"


class Direction(TextChoices):
    """Who had the request first."""

    IN = "in", _("taken in")
    OUT = "out", _("handed over")


class Standing(TextChoices):
    """Where an exchanged request stands."""

    #: A first or further attempt is on its way; whether it arrived is not known.
    SENDING = "sending", _("being sent")
    #: Both sides have it.
    SHARED = "shared", _("with both")
    #: It could not be sent and will not be tried again.
    REFUSED = "refused", _("could not be sent")
    #: They have closed it.
    ENDED = "ended", _("closed there")
