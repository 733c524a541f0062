"""Who is told on which rung of the ladder; where nobody holds a place, the next one is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from uuid import UUID

from onegrid.accounts.queries.holders import Holder, holders
from onegrid.accounts.terms import Role, ScopeLevel
from onegrid.cases import standing
from onegrid.cases.models import Case
from onegrid.cases.oversight_terms import Receiver
from onegrid.organisation.queries import units

#: From the handler upwards: who is told when nobody holds a place.
_ORDER = tuple(Receiver)


class Directory:
    """The staff of the county, read once for many cases."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now

    @cached_property
    def _all(self) -> tuple[Holder, ...]:
        return holders(roles=standing.RELATIONS, now=self._now)

    @cached_property
    def _by_scope(self) -> dict[tuple[Role, UUID | None], list[Holder]]:
        found: dict[tuple[Role, UUID | None], list[Holder]] = defaultdict(list)
        for holder in self._all:
            grant = holder.grant
            scope = grant.unit_id if grant.level is ScopeLevel.UNIT else grant.area_id
            found[grant.role, scope].append(holder)
        return found

    def told(self, receiver: str, case: Case) -> tuple[str, tuple[Holder, ...]]:
        """Return who is told and as what; empty when nobody from there upwards can be told.

        Whom the case is about is never told.
        """
        for place in _ORDER[_ORDER.index(Receiver(receiver)) :]:
            found = self._allowed(self._at(place, case), case)
            if found:
                return place, found
        return "", ()

    def of_unit(
        self, receiver: Receiver, unit_id: UUID, case: Case
    ) -> tuple[str, tuple[Holder, ...]]:
        """Return who is told of a helping unit and as what: its staff, its head, the office."""
        held = {
            Receiver.HANDLER: self._staff_of(unit_id),
            Receiver.UNIT_HEAD: self._by_scope[Role.UNIT_HEAD, unit_id],
            Receiver.OFFICE: self._by_scope[Role.SUPERVISOR, None],
        }
        for place in tuple(held)[tuple(held).index(receiver) :]:
            found = self._allowed(held[place], case)
            if found:
                return place, found
        return "", ()

    def at(self, receiver: Receiver, case: Case) -> tuple[Holder, ...]:
        """Return who holds just this place."""
        return self._allowed(self._at(receiver, case), case)

    def _allowed(self, found: Iterable[Holder], case: Case) -> tuple[Holder, ...]:
        once = {holder.id: holder for holder in found}
        if not case.excluded_ids:
            return tuple(once.values())
        barred = set(case.excluded_ids)
        grants = defaultdict(list)
        for holder in self._all:
            if holder.id in once:
                grants[holder.id].append(holder.grant)
        return tuple(
            holder
            for holder in once.values()
            if barred.isdisjoint(standing.marks(holder.id, grants[holder.id]))
        )

    def _at(self, place: Receiver, case: Case) -> list[Holder]:
        by = self._by_scope
        if place is Receiver.HANDLER:
            return self._handlers(case)
        if place is Receiver.UNIT_HEAD:
            return by[Role.UNIT_HEAD, case.lead_unit_id] if case.lead_unit_id else []
        if place is Receiver.GRID:
            return [
                *(by[Role.GRID_WORKER, case.grid_id] if case.grid_id else ()),
                *(by[Role.COMMUNITY_CLERK, case.community_id] if case.community_id else ()),
            ]
        if place is Receiver.COMMUNITY:
            return by[Role.COMMUNITY_SECRETARY, case.community_id] if case.community_id else []
        if place is Receiver.STREET:
            return by[Role.STREET_OFFICER, case.street_id] if case.street_id else []
        return by[Role.SUPERVISOR, None]

    def _handlers(self, case: Case) -> list[Holder]:
        """Return who signed for the case, else the unit that holds it, else who assesses it."""
        owner = [holder for holder in self._all if holder.id == case.owner_id]
        if owner:
            return owner[:1]
        if case.lead_unit_id is not None:
            return self._staff_of(case.lead_unit_id)
        clerks = self._by_scope[Role.COMMUNITY_CLERK, case.community_id]
        return (clerks if case.community_id else []) or self._by_scope[Role.DISPATCHER, None]

    def _staff_of(self, unit_id: UUID) -> list[Holder]:
        own = [
            *self._by_scope[Role.UNIT_MEMBER, unit_id],
            *self._by_scope[Role.UNIT_HEAD, unit_id],
        ]
        unit = units().get(unit_id)
        if own or unit is None or unit.area_id is None:
            return own
        return self._by_scope[Role.COMMUNITY_CLERK, unit.area_id]
