"""Add photos to a case by the interface: the one body that is not JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Form, Header, Router
from ninja.files import UploadedFile

from onegrid.accounts.terms import TokenScope
from onegrid.api import schemas
from onegrid.api.auth import ApiRequest, Bearer
from onegrid.api.deed import about, done
from onegrid.api.endpoints import REFUSED
from onegrid.cases import actions, queries
from onegrid.cases.actions import Doing, Upload
from onegrid.cases.terms import Channel, FileKind, FilePhase
from onegrid.common.media import PhotoLimits, content_of
from onegrid.common.refusals import Invalid
from onegrid.core.flow import Action

router = Router()

KEY: Any = Header(..., alias="Idempotency-Key")  # type: ignore[type-arg]
PHOTOS: Any = File(..., description="Photos; a case takes at most 12 files.")  # type: ignore[type-arg]
PHASE: Any = Form(..., description="When they were taken.")  # type: ignore[type-arg]


@router.post(
    "/cases/{number}/actions/attach",
    response={200: schemas.Done, **REFUSED},
    auth=Bearer(TokenScope.ACT),
    operation_id="attach",
    summary="Add photos",
    description=about("Add photos, cleaned of what they tell besides", (Action.ATTACH,)),
    tags=["actions"],
)
def attach(
    request: ApiRequest,
    number: str,
    photos: list[UploadedFile] = PHOTOS,
    phase: FilePhase = PHASE,
    key: UUID = KEY,
) -> HttpResponse:
    """Clean and keep photos; nothing is kept when one of them cannot be used."""
    if not photos:
        raise Invalid("media.empty", field="photos")
    most = PhotoLimits().max_bytes
    uploads = tuple(
        Upload(FileKind.PHOTO, content_of(photo, most_bytes=most, field="photos"))
        for photo in photos
    )
    doing = Doing(viewer=request.viewer, now=request.now, key=key, channel=Channel.API)
    case = actions.attach(
        case_id=queries.case_id_of(number), doing=doing, uploads=uploads, phase=phase
    )
    return done(case)
