"""The language in which a reporter is told what happens."""

from __future__ import annotations

from django.conf import settings

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import Case


def change_language(*, viewer: Viewer, language: str) -> None:
    """Let every notice to come of the viewer's own cases be written in a language.

    Unknown languages and visitors change nothing.
    """
    if viewer.user_id is not None and language in dict(settings.LANGUAGES):
        Case.objects.filter(reporter_id=viewer.user_id).exclude(language=language).update(
            language=language
        )
