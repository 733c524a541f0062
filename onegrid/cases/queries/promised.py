"""The promised times of the county, as a table to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onegrid.accounts.viewer import Viewer
from onegrid.cases.reference import categories, policies
from onegrid.organisation.queries import calendars, units


@dataclass(frozen=True, slots=True)
class PromisedRow:
    """One promised time; empty texts mean that it holds for all.

    Attributes:
        clock: code of the clock.
        minutes: promised time in minutes of the calendar, or None.
        working_days: promised time in working days, or None.
    """

    clock: str
    case_class: str
    category: str
    channel: str
    unit: str
    calendar: str
    minutes: int | None
    working_days: int | None
    basis: str
    valid_from: date
    valid_to: date | None
    in_force: bool


def promised_times(viewer: Viewer, *, on: date, language: str) -> tuple[PromisedRow, ...]:
    """Return every promised time, those in force first; they are public."""
    known, named, duty = categories.get(), units(), calendars()
    rows = []
    for policy in policies.get():
        category = known.get(policy.category_id) if policy.category_id else None
        unit = named.get(policy.unit_id) if policy.unit_id else None
        calendar = duty.get(policy.calendar)
        rows.append(
            PromisedRow(
                clock=policy.clock,
                case_class=policy.case_class,
                category=category.label(language) if category else "",
                channel=policy.channel,
                unit=unit.name if unit else "",
                calendar=calendar.name if calendar else policy.calendar,
                minutes=policy.minutes,
                working_days=policy.working_days,
                basis=policy.basis,
                valid_from=policy.valid_from,
                valid_to=policy.valid_to,
                in_force=policy.valid_from <= on
                and (policy.valid_to is None or on < policy.valid_to),
            )
        )
    return tuple(sorted(rows, key=lambda row: (not row.in_force, row.clock, row.case_class)))
