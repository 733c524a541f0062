"""Tables of the cases app."""

from onegrid.cases.models.case import (
    Attachment,
    Case,
    Clock,
    Contact,
    Milestone,
    Part,
    Plan,
    Step,
    Verdict,
)
from onegrid.cases.models.codes import FINAL
from onegrid.cases.models.setup import Category, SavedFilter, SlaPolicy, StandardText

__all__ = [
    "FINAL",
    "Attachment",
    "Case",
    "Category",
    "Clock",
    "Contact",
    "Milestone",
    "Part",
    "Plan",
    "SavedFilter",
    "SlaPolicy",
    "StandardText",
    "Step",
    "Verdict",
]
