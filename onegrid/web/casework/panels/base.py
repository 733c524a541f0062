"""What a panel is: one small form for one step, with everything its template needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import QueryDict

from onegrid.accounts.viewer import Viewer
from onegrid.cases.queries import AskView, CaseView, Release, Sharing, TextRow, release
from onegrid.cases.terms import AskKind
from onegrid.core.flow import Action


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a panel.

    Attributes:
        kind: ``text``, ``textarea``, ``date``, ``datetime-local``, ``select``, ``choice``,
            ``checks``, ``check``, ``photos`` or ``milestones``.
        name: with the name of its panel in front, because a page has several panels.
        choices: (value, label) or, for ``choice``, (value, label, icon, hint).
        values: chosen values of ``checks``.
    """

    kind: str
    name: str
    label: Any
    value: str = ""
    choices: Sequence[Sequence[Any]] = ()
    hint: Any = ""
    required: bool = True
    empty: Any = ""
    rows: int = 4
    maxlength: int = 0
    values: tuple[str, ...] = ()

    @property
    def optional(self) -> bool:
        """Tell whether the label shall say that the field may stay empty."""
        return not self.required


@dataclass(frozen=True, slots=True)
class Button:
    """What sends a panel; several of them say what is to be done (``do``)."""

    label: Any
    value: str = ""
    kind: str = "main"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One step that is possible now.

    Attributes:
        texts: standard texts; choosing one fills the field ``fills``.
        note: what the reader should know before.
        submitted: plan or report of done that is decided on, shown above the fields.
        main: shown open, as the next thing to do.
    """

    name: str
    label: Any
    icon: str
    buttons: tuple[Button, ...]
    fields: tuple[Field, ...] = ()
    texts: tuple[TextRow, ...] = ()
    fills: str = ""
    chosen_text: str = ""
    note: Any = ""
    main: bool = False
    key: str = ""
    submitted: AskView | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """The case a panel is made for.

    Attributes:
        texts: standard texts by action.
        shared: what units share of the case.
        typed: what was posted, when a form comes back; None otherwise.
    """

    viewer: Viewer
    view: CaseView
    now: datetime
    texts: dict[str, tuple[TextRow, ...]]
    on_spot: bool = False
    shared: Sharing = field(default_factory=Sharing)
    typed: QueryDict | None = None

    def may(self, *actions: Action) -> bool:
        """Tell whether one of the actions is possible."""
        return not set(self.view.actions).isdisjoint(actions)

    def release(self, kind: AskKind) -> Release:
        """Tell who has to agree to a plan or a report of done."""
        return release(self.viewer, self.view, kind, now=self.now)

    def typed_in(self, name: str, default: str = "") -> str:
        """Return what was typed into a field, or what it starts with."""
        return default if self.typed is None else self.typed.get(name, default)

    def texts_for(self, *actions: Action) -> tuple[TextRow, ...]:
        """Return the standard texts of some actions."""
        return tuple(row for action in actions for row in self.texts.get(action, ()))


Builder = Callable[[Setting], Panel | None]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the fields of one panel: names them and keeps what was typed."""

    setting: Setting
    panel: str

    def field(self, kind: str, name: str, label: Any, *, value: str = "", **more: Any) -> Field:
        """Return a field; ``more`` as in `Field`."""
        full = f"{self.panel}-{name}"
        return Field(kind, full, label, value=self.setting.typed_in(full, value), **more)

    def text(self, label: Any, *, name: str = "text", **more: Any) -> Field:
        """Return a text area."""
        return self.field("textarea", name, label, **more)

    def many(
        self, name: str, label: Any, choices: Iterable[Sequence[Any]], chosen: Iterable[Any]
    ) -> Field:
        """Return tick boxes; ``chosen`` are ticked at first."""
        full, typed = f"{self.panel}-{name}", self.setting.typed
        values = map(str, chosen) if typed is None else typed.getlist(full)
        return Field("checks", full, label, choices=tuple(choices), values=tuple(values))

    def done(
        self, label: Any, icon: str, buttons: Iterable[Button] = (), fills: str = "", **more: Any
    ) -> Panel:
        """Return the panel; without buttons it has one that says its label."""
        typed = self.setting.typed
        back = typed is not None and typed.get("panel") == self.panel
        key = str(typed.get("key", "")) if typed is not None and back else ""
        return Panel(
            name=self.panel,
            label=label,
            icon=icon,
            buttons=tuple(buttons) or (Button(label, icon=icon),),
            fills=f"{self.panel}-{fills}" if fills else "",
            chosen_text=self.setting.typed_in(f"{self.panel}-standard"),
            key=key or str(uuid4()),
            **more,
        )
