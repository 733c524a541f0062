"""Who does what, and the draft it is done to, locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.common.refusals import Conflict, Forbidden, NotFound
from onegrid.plans import rights
from onegrid.plans.models import Draft, DraftDecision
from onegrid.plans.terms import OPEN, Deed


@dataclass(frozen=True, slots=True)
class Doing:
    """Who acts, when, and under which idempotency key."""

    viewer: Viewer
    now: datetime
    key: UUID

    @property
    def actor(self) -> UUID:
        """Return the account that acts.

        Raises:
            Forbidden: nobody has signed in.
        """
        if self.viewer.user_id is None:
            raise Forbidden("forbidden")
        return self.viewer.user_id


def locked(draft_id: UUID, doing: Doing) -> Draft:
    """Return a draft that the viewer may see, locked.

    Raises:
        NotFound: no such draft, or out of the viewer's scope: the same answer.
    """
    row = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if row is None or not rights.may_see(doing.viewer, row.scope_id):
        raise NotFound("draft.not_found")
    return row


def to_change(draft_id: UUID, doing: Doing) -> Draft:
    """Return a draft that the viewer may change now, locked.

    Raises:
        NotFound: out of scope.
        Forbidden: the viewer only reads and comments.
        Conflict: it was submitted already.
    """
    row = locked(draft_id, doing)
    if not rights.may_plan(doing.viewer, row.scope_id):
        raise Forbidden("draft.only_planners")
    if row.status not in OPEN:
        raise Conflict("draft.not_open", status=row.get_status_display())
    return row


def decide(draft: Draft, doing: Doing, deed: Deed, reason: str = "") -> None:
    """Write down a step towards adoption."""
    DraftDecision.objects.create(
        id=doing.key,
        draft=draft,
        deed=deed,
        at=doing.now,
        by_id=doing.viewer.user_id,
        by_name=doing.viewer.name,
        reason=reason,
    )


def done_before(doing: Doing) -> bool:
    """Tell whether the key has been used for a step already."""
    return DraftDecision.objects.filter(pk=doing.key).exists()
