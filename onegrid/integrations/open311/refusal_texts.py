"""Sentences for what the exchange with other cities refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "neighbour.code": _(
            "The code of a city has small letters, digits and -, at most %(most)s of them."
        ),
        "neighbour.name": _("Write the name of the city in 1 to %(most)s characters."),
        "neighbour.url": _(
            "This address may not be called. Use https://… in the public network, or let the "
            "operator allow its host by ONEGRID_PRIVATE_HOSTS."
        ),
        "neighbour.form": _("The format is json or xml."),
        "neighbour.service": _("There is no category “%(code)s” for the service “%(theirs)s”."),
        "neighbour.name_taken": _("Another city has the name “%(name)s”. Choose another one."),
        "neighbour.name_used": _(
            "Cases are with “%(name)s” under this name. Change it when they are back."
        ),
        "neighbour.exists": _("There is a city with the code “%(code)s” already. Change that one."),
        "neighbour.jurisdiction": _("The jurisdiction has at most %(most)s characters."),
        "neighbour.services_line": _(
            "Line %(line)s is no pair. Write their code, =, and the code of a category here."
        ),
        "neighbour.unknown": _("There is no city with the code “%(code)s”."),
    }
)
