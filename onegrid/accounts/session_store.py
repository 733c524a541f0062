"""Sessions in the database, with the account they belong to beside the data."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from onegrid.accounts.models import Session

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
DEVICE = "device"


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class SessionStore(db.SessionStore):
    """Django's database sessions on a table of ours."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        user_id = data.get(SESSION_KEY)
        row.user_id = None if user_id is None else UUID(user_id)
        row.signed_in_at = _moment(data.get(SIGNED_IN_AT))
        row.seen_at = _moment(data.get(SEEN_AT))
        row.device = data.get(DEVICE, "")
        return row
