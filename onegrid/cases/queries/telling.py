"""What other apps use of a reporter without showing it: where to send, what to black out."""

from __future__ import annotations

from onegrid.cases.models import Case, Contact


def reporter_phone(case: Case) -> str:
    """Return the number for messages to the reporter; empty without a number or a wish for them.

    For the outbox only: nobody sees it. To show it to a person is `queries.contact`, which logs.
    """
    rows = Contact.objects.filter(case_id=case.pk, wants_reply=True)
    return rows.values_list("phone", flat=True).first() or ""


def names_of(case: Case) -> tuple[str, ...]:
    """Return names and numbers that belong to a case, to be blacked out of what is published."""
    rows = Contact.objects.filter(case_id=case.pk).values_list("name", "phone")
    return tuple(word for row in rows for word in row if word)
