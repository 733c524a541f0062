"""Closed lists of the case: channels, kinds, classes, results; labels in the reader's language."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onegrid.core.clock import Phase
from onegrid.core.flow import Action, State


class Channel(TextChoices):
    """How a request reached us (S25)."""

    WEB = "web", _("Website")
    APP = "app", _("App")
    PHONE = "phone", _("Phone desk")
    HOTLINE = "hotline", _("Hotline 12345")
    COUNTER = "counter", _("At the counter")
    DOOR = "door", _("At the door")
    GRID_WORKER = "grid_worker", _("Grid worker")
    CORNER = "corner", _("Talk corner")
    LETTER = "letter", _("Letter")
    EMAIL = "email", _("E-mail")
    API = "api", _("Interface")
    IMPORT = "import", _("Import")


class Kind(TextChoices):
    """Weifang hotline regulation Art. 10: what sort of message it is."""

    INQUIRY = "inquiry", _("Inquiry")
    HELP = "help", _("Request for help")
    COMPLAINT = "complaint", _("Complaint")
    WHISTLE = "whistle", _("Report of wrongdoing")
    SUGGESTION = "suggestion", _("Suggestion")
    THANKS = "thanks", _("Thanks")


class CaseClass(TextChoices):
    """The article's three classes: solved in 1 hour, in 1 day, a plan in 1 week."""

    GENERAL = "general", pgettext_lazy("class of case", "General")
    MAJOR = "major", pgettext_lazy("class of case", "Major")
    COMPLEX = "complex", pgettext_lazy("class of case", "Complex")


class Result(TextChoices):
    """How a case ended."""

    SOLVED = "solved", _("Solved")
    PARTLY = "partly", _("Partly solved")
    EXPLAINED = "explained", _("Cannot be solved, explained")
    PLAN_RUNNING = "plan_running", _("Plan under way")
    TRANSFERRED = "transferred", _("Handed to the right place")


class RefusalReason(TextChoices):
    """Weifang hotline regulation Art. 19: the closed list of reasons for not accepting."""

    COURT = "court", _("In court, arbitration or review, or already decided there")
    POLICE = "police", _("A matter for 110, 119, 120 or 122")
    SECRET = "secret", _("Touches state secrets, business secrets or privacy")
    UNLAWFUL = "unlawful", _("Against law or public order")
    OUTSIDE = "outside", _("Outside the duties of government and public services")


class Solved(TextChoices):
    """The second of the three verdicts."""

    YES = "yes", pgettext_lazy("solved", "Yes")
    PARTLY = "partly", pgettext_lazy("solved", "Partly")
    NO = "no", pgettext_lazy("solved", "No")


class Satisfied(TextChoices):
    """The third of the three verdicts."""

    YES = "yes", _("Satisfied")
    BASICALLY = "basically", _("Basically satisfied")
    NO = "no", _("Not satisfied")


class ClockMark(TextChoices):
    """What the sweep has already said about a clock."""

    NONE = "none", _("in time")
    DUE_SOON = "due_soon", _("due soon")
    OVERDUE = "overdue", _("overdue")


class FileKind(TextChoices):
    """What a file is."""

    PHOTO = "photo", _("Photo")
    VOICE = "voice", _("Voice note")


class FilePhase(TextChoices):
    """When a file was made."""

    REPORT = "report", _("With the request")
    BEFORE = "before", _("Before handling")
    AFTER = "after", _("After handling")


class AskKind(TextChoices):
    """What a unit may ask for; another person decides."""

    RETURN = "return", _("Return to the dispatcher")
    HOLD = "hold", pgettext_lazy("of a case", "Hold")
    EXTENSION = "extension", _("Extension")
    ENDING = "ending", _("End without a solution")
    PLAN = "plan", _("Approval of the plan")
    CLOSURE = "closure", _("Approval of the report of done")


#: What the head of the leading unit decides; everything else is decided outside of the unit.
APPROVALS = (AskKind.PLAN, AskKind.CLOSURE)


class AskState(TextChoices):
    """How a request of a unit stands."""

    OPEN = "open", _("To be decided")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("No longer needed")
    RECALLED = "recalled", _("Taken back")


class HoldReason(TextChoices):
    """Why work may rest: what has to happen first is outside the unit's hands."""

    WEATHER = "weather", _("Weather or season")
    THIRD_PARTY = "third_party", _("Waiting for a third party")
    PROCEDURE = "procedure", _("A legal procedure has to run")
    FUNDS = "funds", _("Funds or materials are on order")
    REPORTER = "reporter", _("The reporter asked to wait")


class MeetingKind(TextChoices):
    """Who sat together over a case."""

    CONSULTATION = "consultation", _("Consultation")
    JOINT = "joint", _("Joint meeting")
    OFFICE = "office", _("Study by the government office")


class LinkKind(TextChoices):
    """How a case belongs to another one: ``case`` is … of ``other``."""

    MERGED = "merged", _("Merged into")
    CHILD = "child", _("Part of")
    RECURRENCE = "recurrence", _("Comes back after")
    RELATED = "related", _("Related to")


class EmergencyNumber(TextChoices):
    """Whom to call at once; the case is kept beside (Beijing regulation Art. 11)."""

    POLICE = "110", _("110 police")
    FIRE = "119", _("119 fire and rescue")
    AMBULANCE = "120", _("120 ambulance")
    TRAFFIC = "122", _("122 traffic accidents")


STATE_LABELS = {
    State.DRAFT: _("Draft"),
    State.REGISTERED: _("Registered"),
    State.TRIAGE: _("Being assessed"),
    State.INFO_WAIT: _("Waiting for information"),
    State.NOT_ACCEPTED: _("Not accepted"),
    State.CLASSIFIED: _("Classified"),
    State.DISPATCHED: _("Dispatched"),
    State.RETURN_REQ: _("Return asked for"),
    State.ARBITRATION: _("Being assigned by ruling"),
    State.ACCEPTED: _("Signed for"),
    State.IN_PROGRESS: _("Being handled"),
    State.PLANNED: _("Plan published"),
    State.ON_HOLD: _("On hold"),
    State.EXTERNAL: _("With another body"),
    State.DONE: _("Done, to be checked"),
    State.VERIFY: _("Being verified"),
    State.CALLBACK: _("Waiting for your verdict"),
    State.CLOSED: _("Closed"),
    State.REOPEN_REQ: _("Reopening requested"),
    State.REOPENED: _("Reopened"),
    State.MERGED: _("Merged into another case"),
    State.WITHDRAWN: _("Withdrawn"),
}

PHASE_LABELS = {
    Phase.DISCOVER: _("Discovered"),
    Phase.ASSESS: _("Assessed"),
    Phase.CLASSIFY: pgettext_lazy("phase", "Classified"),
    Phase.DISPOSE: _("Handled"),
    Phase.FEEDBACK: _("Answered"),
}

ACTION_LABELS = {
    Action.OPEN: _("Report"),
    Action.SUBMIT: _("Send the draft"),
    Action.START_TRIAGE: _("Start assessing"),
    Action.ASK_INFO: _("Ask for information"),
    Action.SUPPLY_INFO: _("Supply information"),
    Action.GIVE_UP_WAITING: _("Go on without an answer"),
    Action.REFUSE: _("Do not accept"),
    Action.APPEAL: _("Appeal"),
    Action.ANSWER_NOW: _("Answer at once"),
    Action.CLASSIFY: _("Classify"),
    Action.RECLASSIFY: _("Change the class"),
    Action.DISPATCH: _("Dispatch"),
    Action.ASK_RETURN: _("Ask to return it"),
    Action.UPHOLD_RETURN: _("Take it back"),
    Action.REFUSE_RETURN: _("Refuse the return"),
    Action.TO_ARBITRATION: _("Put it to a ruling"),
    Action.DESIGNATE: _("Designate a unit"),
    Action.ADD_UNIT: _("Add a helping unit"),
    Action.RELEASE_UNIT: _("Release a helping unit"),
    Action.CO_REPORT: _("Report as helping unit"),
    Action.MEET: _("Record a meeting"),
    Action.ACCEPT: _("Sign for it"),
    Action.START: _("Record first contact"),
    Action.ASK_PLAN: _("Submit the plan for approval"),
    Action.GRANT_PLAN: _("Approve the plan"),
    Action.REFUSE_PLAN: _("Send the plan back"),
    Action.PUBLISH_PLAN: _("Publish the plan"),
    Action.REPORT_MILESTONE: _("Report a milestone"),
    Action.ASK_HOLD: _("Ask to put it on hold"),
    Action.GRANT_HOLD: _("Put it on hold"),
    Action.REFUSE_HOLD: _("Refuse the hold"),
    Action.RESUME: _("Go on after the hold"),
    Action.ASK_EXTENSION: _("Ask for more time"),
    Action.GRANT_EXTENSION: _("Grant more time"),
    Action.REFUSE_EXTENSION: _("Refuse more time"),
    Action.ASK_ENDING: _("Ask to end without a solution"),
    Action.GRANT_ENDING: _("Approve the ending"),
    Action.REFUSE_ENDING: _("Refuse the ending"),
    Action.HAND_OVER: _("Hand over to another body"),
    Action.EXTERNAL_NEWS: _("News from the other body"),
    Action.TAKE_BACK: _("Take back from the other body"),
    Action.EXTERNAL_DONE: _("Answered by the other body"),
    Action.ASK_CLOSURE: _("Submit the report of done for approval"),
    Action.GRANT_CLOSURE: _("Approve the report of done"),
    Action.REFUSE_CLOSURE: _("Send the report of done back"),
    Action.RECALL_ASK: _("Take the request for approval back"),
    Action.FINISH: _("Report it done"),
    Action.SEND_TO_VERIFY: _("Send to verification"),
    Action.SKIP_VERIFY: _("Send to call-back"),
    Action.VERIFY_OK: _("Verified"),
    Action.VERIFY_FAIL: _("Verification failed"),
    Action.LOG_CALLBACK: _("Record a call-back"),
    Action.CLOSE: _("Close"),
    Action.ASK_REOPEN: _("Ask to reopen"),
    Action.REOPEN: _("Reopen"),
    Action.REFUSE_REOPEN: _("Do not reopen"),
    Action.MERGE: _("Merge into another case"),
    Action.UNMERGE: _("Undo the merger"),
    Action.FOLLOW: _("Answered with the leading case"),
    Action.SPLIT: _("Divide into cases"),
    Action.CHILD_ANSWERED: _("A part was answered"),
    Action.LINK: _("Link to another case"),
    Action.JOIN: _("Somebody joined"),
    Action.EMERGENCY: _("Emergency call"),
    Action.SUPERVISE: _("Supervise"),
    Action.REPLY_SUPERVISION: _("Reply to the supervision"),
    Action.SETTLE_SUPERVISION: _("Accept the reply"),
    Action.REJECT_REPLY: _("Reject the reply"),
    Action.ESCALATE: _("Escalated"),
    Action.ASK_PARTY: _("Ask somebody by link"),
    Action.PARTY_ANSWERED: _("Answer by link"),
    Action.CALL_UNITS: _("Call departments to the site"),
    Action.PUBLISH: _("Publish"),
    Action.KEEP_VERDICT: _("Verdict kept"),
    Action.CHANGE_KIND: _("Change the kind"),
    Action.NAME_SUBJECTS: _("Name whom it is about"),
    Action.TAKE_AWAY: _("Taken from the unit it is about"),
    Action.WITHDRAW: _("Withdraw"),
    Action.NOTE: _("Add a note"),
    Action.ATTACH: _("Add a file"),
    Action.REMIND: _("Remind"),
    Action.REPEAT: _("Same again, nothing new"),
    Action.MARK_DUE_SOON: _("Due soon"),
    Action.MARK_OVERDUE: _("Overdue"),
}

#: How the name of a batch begins: real old cases, undone imports, imports that are worked on.
REPLAYED, VOID, IMPORTED = "replay/", "void/", "import/"

#: Largest text of a request, in characters; the longest of 2,816 real ones had 9,023.
MAX_TEXT = 10_000
#: The same kind of matter at the same place within so many days after closing comes back.
RECURRENCE_DAYS = 30
