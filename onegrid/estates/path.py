"""The path of an estate to service, in one place: order, what a move is called, usual times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from onegrid.estates.terms import Deed, Form, PathStage, ServiceKind

ORDER: tuple[PathStage, ...] = tuple(PathStage)
#: Days that are proposed for the way to a stage; whoever writes the step may say another date.
USUAL: dict[PathStage, int] = {
    PathStage.SURVEY: 30,
    PathStage.TALK: 30,
    PathStage.FORM: 30,
    PathStage.AGREED: 60,
    PathStage.CONTRACT: 30,
    PathStage.RUNNING: 30,
    PathStage.REVIEWED: 365,
}
#: Kind of service that a form leads to; estates that join take over what the neighbours have.
KIND_OF: dict[str, ServiceKind] = {
    Form.FIRM: ServiceKind.FIRM,
    Form.OWN: ServiceKind.OWN,
    Form.TRUST: ServiceKind.TRUST,
}
#: Moves that say why.
REASONED = frozenset({Deed.SKIP, Deed.BACK, Deed.KEEP})


def after(stage: str) -> PathStage | None:
    """Return the stage that comes next; None at the end of the path."""
    place = ORDER.index(PathStage(stage)) + 1
    return ORDER[place] if place < len(ORDER) else None


def deed_of(now: str, target: str) -> Deed:
    """Return what going from one stage to another is called."""
    step = ORDER.index(PathStage(target)) - ORDER.index(PathStage(now))
    if step == 0:
        return Deed.KEEP
    if step < 0:
        return Deed.BACK
    return Deed.ADVANCE if step == 1 else Deed.SKIP


def usual_due(stage: str, day: date) -> date | None:
    """Return the date proposed for what comes after a stage; None when nothing does."""
    following = after(stage)
    return None if following is None else day + timedelta(days=USUAL[following])


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the owners decided, by owners and, if the minutes count it, by square metres."""

    owners: int
    owners_took: int
    owners_for: int
    area: int | None = None
    area_took: int | None = None
    area_for: int | None = None

    @property
    def counted(self) -> tuple[tuple[int, int, int], ...]:
        """Return all, those who took part and those in favour, for each way of counting."""
        by_owners = (self.owners, self.owners_took, self.owners_for)
        if self.area is self.area_took is self.area_for is None:
            return (by_owners,)
        return by_owners, (self.area or 0, self.area_took or 0, self.area_for or 0)

    @property
    def carried(self) -> bool:
        """Tell whether this is a decision by the Civil Code, art. 278.

        Two thirds took part and more than half of those agreed: of the owners, and of the area.
        """
        return all(
            everybody > 0 and 3 * took >= 2 * everybody and 2 * agreed > took
            for everybody, took, agreed in self.counted
        )
