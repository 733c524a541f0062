"""Who was told on the ladder: events, their reminders and text messages, written at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from onegrid.accounts.queries.holders import Holder
from onegrid.cases import oversight
from onegrid.cases.models import Case, Escalation, Reminder
from onegrid.cases.oversight_terms import ReminderReason
from onegrid.common.tenancy.bulk import insert_all


@dataclass(slots=True)
class Receipts:
    """Gathers what one run of a sweep says to people."""

    now: datetime
    escalations: list[Escalation] = field(default_factory=list)
    _reminders: list[Reminder] = field(default_factory=list)
    _messages: list[tuple[Case, Holder, Escalation]] = field(default_factory=list)

    def add(
        self, case: Case, event: Escalation, told: Iterable[Holder], *, by_text: Collection[UUID]
    ) -> None:
        """Remind people of an event of the ladder.

        Args:
            by_text: who of them is told by text message too, where a phone is known.
        """
        self.escalations.append(event)
        for holder in told:
            sms = holder.id in by_text and bool(holder.phone)
            self._reminders.append(
                Reminder(
                    case_id=case.pk,
                    escalation=event,
                    reason=ReminderReason.LADDER,
                    account_id=holder.id,
                    role=holder.grant.role,
                    at=self.now,
                    sms=sms,
                )
            )
            if sms:
                self._messages.append((case, holder, event))

    def write(self) -> None:
        """Write the events and reminders, and queue the messages."""
        insert_all(self.escalations)
        insert_all(self._reminders)
        for case, holder, event in self._messages:
            key, params = f"{event.pk}:{holder.id}", {"percent": str(event.percent)}
            oversight.text_message(case, holder, "staff_ladder", params, key=key, now=self.now)
