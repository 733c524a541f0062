"""Add cleaned photos and voice notes to a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases.actions.step import Doing, Move, take
from onegrid.cases.models import Attachment, Case
from onegrid.cases.terms import FileKind, FilePhase
from onegrid.common import media
from onegrid.common.files import default_store
from onegrid.common.refusals import Invalid
from onegrid.common.tenancy.context import current_tenant
from onegrid.core.flow import Action

MAX_FILES = 12


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes as they came; the name is never used."""

    kind: str
    content: bytes


def attach(*, case_id: UUID, doing: Doing, uploads: tuple[Upload, ...], phase: str) -> Case:
    """Clean files, keep them, and write a step.

    Raises:
        Invalid, TooLarge: a file cannot be used; nothing is kept.
    """
    if phase not in FilePhase.values:
        raise Invalid("media.phase", field="photos")
    move = Move(Action.ATTACH, data={"files": len(uploads), "phase": phase})
    case = take(case_id, doing, move)
    keep(case, uploads, phase=phase, viewer=doing.viewer, at=case.changed_at)
    return case


def keep(case: Case, uploads: tuple[Upload, ...], *, phase: str, viewer: Viewer, at: datetime) -> None:
    """Clean and store uploads; the same file in the same phase counts once."""
    if Attachment.objects.filter(case_id=case.pk).count() + len(uploads) > MAX_FILES:
        raise Invalid("media.too_many", field="photos", most=MAX_FILES)
    rows = [_row(case, upload, phase, viewer, at) for upload in uploads]
    Attachment.objects.bulk_create(rows, ignore_conflicts=True)


def _row(case: Case, upload: Upload, phase: str, viewer: Viewer, at: datetime) -> Attachment:
    row = Attachment(case_id=case.pk, at=at, phase=phase, kind=upload.kind, uploaded_by=viewer.user_id)
    if upload.kind == FileKind.VOICE:
        voice = media.clean_voice(upload.content)
        row.sha256, row.mime, row.size = _put(voice.data), voice.mime, len(voice.data)
        return row
    photo = media.clean_photo(upload.content, field="photos")
    row.sha256, row.mime, row.size = _put(photo.data), photo.mime, len(photo.data)
    row.thumb_sha256, row.width, row.height = _put(photo.thumb), photo.width, photo.height
    return row


def _put(data: bytes) -> str:
    return default_store().put(tenant_id=current_tenant(), data=data)
