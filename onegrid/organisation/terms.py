"""Kinds of unit."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitKind(TextChoices):
    """Who can be given work (S23, S62)."""

    DEPARTMENT = "department", _("Department")
    STREET_OFFICE = "street_office", _("Street office")
    COMMUNITY = "community", _("Community")
    PARTY_COMMITTEE = "party_committee", _("Party committee")
    RESIDENTS_COMMITTEE = "residents_committee", _("Residents' committee")
    OWNERS_COMMITTEE = "owners_committee", _("Owners' committee")
    PROPERTY_FIRM = "property_firm", _("Property firm")
    SOCIAL_ORGANISATION = "social_organisation", _("Social organisation")
