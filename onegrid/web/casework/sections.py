"""Further sections of the page of a case; each shows itself only when it has something to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onegrid.accounts.viewer import Viewer
from onegrid.cases.queries import CaseView
from onegrid.cases.queries.answers import answers
from onegrid.web.casework.calls import called
from onegrid.web.casework.cities import shared_with
from onegrid.web.casework.duties import duty
from onegrid.web.casework.exchange import order
from onegrid.web.casework.outreach import asked, published
from onegrid.web.casework.oversight import oversight
from onegrid.web.casework.sharing import sharing
from onegrid.web.casework.tied import tied

#: Returns what a template shows, or None when there is nothing.
Build = Callable[[Viewer, CaseView, datetime], Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A template under ``desk/sections/`` and what it shows as ``data``."""

    template: str
    data: Any


def _answers(viewer: Viewer, view: CaseView, now: datetime) -> Any:
    """Return what the reporter answered to the questions of the category."""
    return answers(viewer, view=view)


#: In the order of the page, after the plan.
_SECTIONS: tuple[tuple[str, Build], ...] = (
    ("exchange", order),
    ("cities", shared_with),
    ("duty", duty),
    ("oversight", oversight),
    ("sharing", sharing),
    ("answers", _answers),
    ("asked", asked),
    ("published", published),
    ("calls", called),
    ("tied", tied),
)


def sections(viewer: Viewer, view: CaseView, now: datetime) -> list[Section]:
    """Return the sections of a case that have something to show to a viewer."""
    made = ((name, build(viewer, view, now)) for name, build in _SECTIONS)
    return [Section(f"desk/sections/{name}.html", data) for name, data in made if data]
