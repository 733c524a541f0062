"""Add cleaned photos and voice notes to a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

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


@dataclass(frozen=True, slots=True)
class Kept:
    """A cleaned file in the store that belongs to no case yet: a form is still being filled in."""

    kind: str
    sha256: str
    mime: str
    size: int
    thumb_sha256: str = ""
    width: int | None = None
    height: int | None = None


def prepare(upload: Upload) -> Kept:
    """Clean an upload and put it into the store; without a case it is swept after a day.

    Raises:
        Invalid, TooLarge: it cannot be used.
    """
    if upload.kind == FileKind.VOICE:
        voice = media.clean_voice(upload.content)
        return Kept(upload.kind, _put(voice.data), voice.mime, len(voice.data))
    photo = media.clean_photo(upload.content, field="photos")
    return Kept(
        kind=upload.kind,
        sha256=_put(photo.data),
        mime=photo.mime,
        size=len(photo.data),
        thumb_sha256=_put(photo.thumb),
        width=photo.width,
        height=photo.height,
    )


def keep(
    case: Case, uploads: tuple[Upload, ...], *, phase: str, viewer: Viewer, at: datetime
) -> None:
    """Clean and store uploads; the same file in the same phase counts once."""
    kept = tuple(prepare(upload) for upload in uploads)
    adopt(case_id=case.pk, files=kept, phase=phase, viewer=viewer, at=at)


def adopt(
    *, case_id: UUID, files: tuple[Kept, ...], phase: str, viewer: Viewer, at: datetime
) -> None:
    """Give prepared files to a case; the same file in the same phase counts once.

    Raises:
        Invalid: more than `MAX_FILES` in all.
    """
    there = set(Attachment.objects.filter(case_id=case_id).values_list("sha256", "phase"))
    fresh = [item for item in files if (item.sha256, phase) not in there]
    if len(there) + len(fresh) > MAX_FILES:
        raise Invalid("media.too_many", field="photos", most=MAX_FILES)
    Attachment.objects.bulk_create(
        [
            Attachment(
                case_id=case_id,
                at=at,
                phase=phase,
                kind=item.kind,
                uploaded_by=viewer.user_id,
                sha256=item.sha256,
                mime=item.mime,
                size=item.size,
                thumb_sha256=item.thumb_sha256,
                width=item.width,
                height=item.height,
            )
            for item in fresh
        ],
        ignore_conflicts=True,
    )


def _put(data: bytes) -> str:
    return default_store().put(tenant_id=current_tenant(), data=data)


def known_files(digests: list[str]) -> set[str]:
    """Return those of some digests that belong to a case; the others may be removed."""
    rows = Attachment.objects.filter(Q(sha256__in=digests) | Q(thumb_sha256__in=digests))
    return {
        digest for row in rows.values_list("sha256", "thumb_sha256") for digest in row if digest
    }
