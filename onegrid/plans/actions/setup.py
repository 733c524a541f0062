"""What a county sets for its plans."""

from __future__ import annotations

from django.db import transaction

from onegrid.accounts.terms import Role
from onegrid.common.refusals import Forbidden, Invalid
from onegrid.plans.actions.doing import Doing
from onegrid.plans.models import SizeBand
from onegrid.plans.terms import COUNTY_LEVEL, BandLevel

_MOST = 1_000_000


@transaction.atomic
def set_band(*, doing: Doing, level: str, least: int, most: int) -> None:
    """Set how many households a grid or a community shall have.

    Raises:
        Forbidden: the viewer decides nothing for the county.
        Invalid: an unknown level, or a band that cannot be.
    """
    if not doing.viewer.is_system and not doing.viewer.has(*COUNTY_LEVEL, Role.SYSTEM_ADMIN):
        raise Forbidden("draft.only_county")
    if level not in BandLevel.values:
        raise Invalid("band.level", field="level")
    if not 0 <= least <= most <= _MOST or most == 0:
        raise Invalid("draft.band", field="least")
    SizeBand.objects.update_or_create(
        level=level,
        defaults={
            "least": least,
            "most": most,
            "set_by": doing.viewer.user_id,
            "set_at": doing.now,
        },
    )
