from onegrid.calls.models.call import Call, Event, Photo, Rating, Summons
from onegrid.calls.models.roster import DutyTeam, RosterBatch, Shift, Swap

__all__ = [
    "Call",
    "DutyTeam",
    "Event",
    "Photo",
    "Rating",
    "RosterBatch",
    "Shift",
    "Summons",
    "Swap",
]
