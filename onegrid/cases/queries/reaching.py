"""How to reach a reporter: who may know it, and the look that is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.audit.actions import record_look
from onegrid.cases import standing
from onegrid.cases.models import Case, Contact
from onegrid.common.refusals import Forbidden, NotFound
from onegrid.core import flow
from onegrid.core.flow import State


@dataclass(frozen=True, slots=True)
class ContactView:
    """How to reach the reporter, in full."""

    name: str
    phone: str
    wants_reply: bool


def mask(phone: str) -> str:
    """Hide the middle of a phone number: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else ("****" if phone else "")


#: Who may see how to reach a reporter: those who must call.
MAY_CALL = frozenset(
    {
        Role.GRID_WORKER,
        Role.COMMUNITY_CLERK,
        Role.COMMUNITY_SECRETARY,
        Role.UNIT_MEMBER,
        Role.UNIT_HEAD,
        Role.DISPATCHER,
        Role.CALLBACK_AGENT,
    }
)


#: Who may see a reporter who asked for confidence: the county centre, which calls back. Those who
#: handle the matter, or work beside the people it is about, ask the centre (Weifang hotline
#: regulation art. 11).
MAY_CALL_IN_CONFIDENCE = frozenset({Role.DISPATCHER, Role.CALLBACK_AGENT})


def may_call(viewer: Viewer, case: Case) -> bool:
    """Tell whether one of the viewer's roles that reach the case may know its reporter."""
    roles = MAY_CALL_IN_CONFIDENCE if case.confidential else MAY_CALL
    return standing.reaches(viewer, case, roles=roles)


def hides(viewer: Viewer, case: Case) -> bool:
    """Tell whether not even a masked number may be shown: the reporter asked for confidence."""
    return case.confidential and not may_call(viewer, case)


def contact(viewer: Viewer, *, case_id: UUID, purpose: str, now: datetime) -> ContactView:
    """Return how to reach the reporter of an open case, and write the look down.

    Args:
        purpose: why, from a closed list of the page (``contact``, ``callback``, ``visit``).

    Raises:
        NotFound: out of scope, or nothing was left.
        Forbidden: the role has no need, the reporter asked for confidence, or the case is over
            (trust.md D4).
    """
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not standing.reaches(viewer, case):
        raise NotFound("case.not_found")
    if not may_call(viewer, case):
        raise Forbidden("contact.confidential" if case.confidential else "forbidden")
    if State(case.state) in flow.FINAL:
        raise Forbidden("contact.case_over")
    row = Contact.objects.filter(case_id=case.pk).first()
    if row is None:
        raise NotFound("contact.none")
    record_look(
        viewer=viewer,
        purpose=purpose,
        subject_kind="case_contact",
        subject_id=case.pk,
        fields="name, phone",
        now=now,
    )
    return ContactView(name=row.name, phone=row.phone, wants_reply=row.wants_reply)
