"""Files of cases: kept with their case, removed when no row knows them."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import time_machine
from PIL import Image

from onegrid.accounts.terms import Role
from onegrid.cases import actions, jobs
from onegrid.cases.actions import Upload
from onegrid.cases.models import Attachment
from onegrid.common.files import default_store
from tests.county import COUNTY, Town, doing, report


def picture(tone: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (tone, 90, 120)).save(target, "JPEG")
    return target.getvalue()


def test_a_file_no_case_knows_is_removed_after_two_days_and_the_others_stay(town: Town) -> None:
    receipt = report(town)
    actions.attach(
        case_id=receipt.case_id,
        doing=doing(town, Role.RESIDENT),
        uploads=(Upload("photo", picture(10)),),
        phase="report",
    )
    kept = Attachment.objects.get()
    orphan = default_store().put(tenant_id=COUNTY, data=b"left by an abandoned draft")
    assert jobs.drop_orphans(timestamp=0) == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3), tick=False):
        assert jobs.drop_orphans(timestamp=0) >= 1
    store = default_store()
    assert not store.path(tenant_id=COUNTY, sha256=orphan).exists()
    assert store.read(tenant_id=COUNTY, sha256=kept.sha256)
    assert store.read(tenant_id=COUNTY, sha256=kept.thumb_sha256)
