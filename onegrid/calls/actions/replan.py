"""Let teams and open calls follow when their areas are replaced by others."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from onegrid.calls.flow import FINAL
from onegrid.calls.models import Call, DutyTeam, Summons


def move_teams(*, successors: Mapping[UUID, UUID]) -> int:
    """Let resident teams, with their rosters, and open calls go with their areas.

    Returns:
        How many teams were moved.
    """
    teams = list(DutyTeam.objects.filter(area_ids__overlap=list(successors)))
    for team in teams:
        team.area_ids = list(dict.fromkeys(successors.get(one, one) for one in team.area_ids))
    DutyTeam.objects.bulk_update(teams, ["area_ids"])
    going_on = Summons.objects.exclude(stage__in=FINAL).values("call_id")
    calls = list(Call.objects.filter(community_id__in=successors, id__in=going_on))
    for call in calls:
        if call.community_id is not None:
            call.community_id = successors[call.community_id]
    Call.objects.bulk_update(calls, ["community"])
    return len(teams)
