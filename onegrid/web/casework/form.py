"""What one panel posted, field by field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

from django.http import HttpRequest

from onegrid.cases.actions import Doing, MilestoneGiven, Upload, attach
from onegrid.cases.terms import FilePhase
from onegrid.common.refusals import Invalid
from onegrid.web.casework.panels.assess import OTHER
from onegrid.web.casework.panels.feedback import YES
from onegrid.web.casework.panels.handle import MILESTONES
from onegrid.web.uploads import photos_of


class Form:
    """What was posted by one panel; the names of its fields begin with the panel's."""

    def __init__(self, request: HttpRequest, panel: str) -> None:
        self._request = request
        self._post = request.POST
        self._panel = panel

    @property
    def request(self) -> HttpRequest:
        """Return the request that the panel came with."""
        return self._request

    def text(self, name: str) -> str:
        """Return a text field, without NUL and with plain line ends."""
        typed = self._post.get(f"{self._panel}-{name}", "")
        return typed.replace("\x00", "").replace("\r\n", "\n").strip()

    def maybe(self, name: str) -> str | None:
        """Return a text field; None when the panel has no such field."""
        return self.text(name) if f"{self._panel}-{name}" in self._post else None

    def number(self, name: str) -> int:
        """Return a whole number; 0 when it is none."""
        typed = self.text(name)
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0

    def unit(self) -> UUID:
        """Return the chosen unit.

        Raises:
            Invalid: none was chosen.
        """
        chosen = self.text("unit")
        chosen = self.text("other") if chosen in {"", OTHER} else chosen
        try:
            return UUID(chosen)
        except ValueError as error:
            raise Invalid("case.missing.unit", field="other") from error

    def answers(self) -> dict[int, str]:
        """Return the answers by the number of their matter."""
        start = f"{self._panel}-answer_"
        numbers = [name.removeprefix(start) for name in self._post if name.startswith(start)]
        return {int(n): self.text(f"answer_{n}") for n in numbers if n.isdigit() and len(n) < 4}

    def uploads(self) -> tuple[Upload, ...]:
        """Return the photos."""
        return photos_of(self._request, f"{self._panel}-photos")

    def keep_photos(self, case_id: UUID, doing: Doing) -> None:
        """Keep the photos under a key of their own, before the step that needs them."""
        given = self.uploads()
        if given:
            own = replace(doing, key=uuid5(doing.key, "photos"), seen=None)
            attach(case_id=case_id, doing=own, uploads=given, phase=FilePhase.AFTER)

    def milestones(self) -> tuple[MilestoneGiven, ...]:
        """Return the milestones that were filled in.

        Raises:
            Invalid: one has no title or no date.
        """
        typed = [
            (self.text(f"title_{n}"), self.text(f"date_{n}")) for n in range(1, MILESTONES + 1)
        ]
        try:
            return tuple(
                MilestoneGiven(title, date.fromisoformat(day))
                for title, day in typed
                if title or day
            )
        except ValueError as error:
            raise Invalid("plan.milestones", field="milestones") from error

    def texts(self, name: str) -> list[str]:
        """Return the values of a field that may have several."""
        return self._post.getlist(f"{self._panel}-{name}")

    @property
    def pressed(self) -> str:
        """Return the value of the button that was pressed."""
        return self._post.get("do", "")

    @property
    def said_yes(self) -> bool:
        """Tell which of two buttons was pressed."""
        return self.pressed == YES


#: Does what a panel says, with the case and who does it.
Act = Callable[[Form, UUID, Doing], object]
