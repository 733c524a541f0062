"""Tables of the cases app."""

from onegrid.cases.models.case import Case, Clock, Contact, Part, Step
from onegrid.cases.models.certificates import CertificateAsk
from onegrid.cases.models.codes import FINAL
from onegrid.cases.models.joining import Joiner
from onegrid.cases.models.outcome import Attachment, Milestone, Plan, Verdict
from onegrid.cases.models.oversight import (
    Alarm,
    Escalation,
    Reminder,
    RuleChange,
    Rung,
    Supervision,
    WatchRule,
)
from onegrid.cases.models.questions import CategoryQuestion, QuestionAnswer
from onegrid.cases.models.setup import Category, SavedFilter, SlaPolicy, StandardText
from onegrid.cases.models.together import Ask, CoUnit, Link, Meeting

__all__ = [
    "FINAL",
    "Alarm",
    "Ask",
    "Attachment",
    "Case",
    "Category",
    "CategoryQuestion",
    "CertificateAsk",
    "Clock",
    "CoUnit",
    "Contact",
    "Escalation",
    "Joiner",
    "Link",
    "Meeting",
    "Milestone",
    "Part",
    "Plan",
    "QuestionAnswer",
    "Reminder",
    "RuleChange",
    "Rung",
    "SavedFilter",
    "SlaPolicy",
    "StandardText",
    "Step",
    "Supervision",
    "Verdict",
    "WatchRule",
]
