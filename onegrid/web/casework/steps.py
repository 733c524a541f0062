"""The timeline as a page tells it: the facts of a step in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from onegrid.cases import reference
from onegrid.cases.oversight_terms import HELPING, Receiver, SupervisionKind, Trigger
from onegrid.cases.queries import CaseView, StepView
from onegrid.cases.terms import (
    AskKind,
    CaseClass,
    FilePhase,
    Kind,
    RefusalReason,
    Result,
    Satisfied,
    Solved,
)
from onegrid.web import joint_words
from onegrid.web.casework.tied import tie_facts
from onegrid.web.words import CLOCK_LABELS


@dataclass(frozen=True, slots=True)
class Told:
    """A step in words; ``facts`` are short sentences beside its text."""

    seq: int
    at: datetime
    action: str
    actor_name: str
    actor_role: str
    channel: str
    text: str
    facts: tuple[str, ...]
    inward: bool


def told(view: CaseView, *, language: str, after: int = 0) -> list[Told]:
    """Return the steps of a case, newest first.

    Args:
        after: only those after this step.
    """
    names = {row.code: row.label(language) for row in reference.categories.get().values()}
    return [_told(step, names) for step in reversed(view.steps) if step.seq > after]


def _told(step: StepView, names: Mapping[str, str]) -> Told:
    data = step.data
    bare = {f"{data.get('solved')}/{data.get('satisfied')}", "on the spot"}
    return Told(
        seq=step.seq,
        at=step.at,
        action=step.action,
        actor_name=step.actor_name,
        actor_role=step.actor_role,
        channel=step.channel,
        text="" if step.text in bare else step.text,
        facts=tuple(_facts(data, names)),
        inward=not step.shown_to_reporter,
    )


def _facts(data: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """Yield what the data of a step says, in the order of importance."""
    if "class" in data:
        before, after = (_label(CaseClass, data.get(key)) for key in ("class_before", "class"))
        same = before == after or not before
        yield after if same else _("%(before)s → %(after)s") % {"before": before, "after": after}
    if "category" in data:
        yield names.get(str(data["category"]), str(data["category"]))
    if "unit" in data:
        yield str(data["unit"])
    yield from _ends(data)
    yield from tie_facts(data)
    if "clock" in data:
        yield clock_name(data["clock"])
    yield from _overseen(data)
    if "title" in data:
        yield str(data["title"])
    yield from joint_words.facts(data)
    if "files" in data:
        count = {"count": data["files"], "phase": _label(FilePhase, data.get("phase"))}
        yield _("%(count)s files (%(phase)s)") % count


def clock_name(clock: str) -> str:
    """Return the name of a clock, that of a reply to a supervision included."""
    if clock == HELPING:
        return _("Report of a helping unit")
    return str(CLOCK_LABELS.get(clock, _("Reply to a supervision")))  # type: ignore[call-overload]


def _overseen(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was supervised, escalated or relabelled."""
    if "percent" in data:
        yield f"{data['percent']} %"
    if "receiver" in data:
        yield _label(Receiver, data["receiver"]) or _("nobody could be told")
    if "supervision" in data:
        yield _label(SupervisionKind, data["supervision"])
        yield _label(Trigger, data.get("trigger"))
    if "kind_before" in data:
        yield _("%(before)s → %(after)s") % {
            "before": _label(Kind, data["kind_before"]),
            "after": _label(Kind, data["kind"]),
        }
    if "level" in data:
        yield _("reopening number %(level)s") % {"level": data["level"]}


def _ends(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield reasons and results."""
    if "reason" in data:
        yield _label(RefusalReason, data["reason"])
    if "result" in data:
        yield _label(Result, data["result"])
    if data.get("on_spot"):
        yield _("solved on the spot")
    yield from _releases(data)
    yield from _verdicts(data)


def _releases(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield who agreed to a plan or a report of done, where the county asks for that."""
    if data.get("approved"):
        yield _("approved by the head of the unit")
    if data.get("self_approved"):
        yield _("approved by the author, who has the right to")
    if data.get("ask") in AskKind.values:
        yield _label(AskKind, data["ask"])


def _verdicts(data: Mapping[str, Any]) -> Iterator[str]:
    if "answered" in data:
        yield _("answered: %(word)s") % {"word": _("Yes") if data["answered"] else _("No")}
    if "solved" in data:
        yield _("solved: %(word)s") % {"word": _label(Solved, data["solved"])}
    if "satisfied" in data:
        yield _label(Satisfied, data["satisfied"])
    if data.get("reached") is False:
        yield _("nobody answered")
    if data.get("unreachable"):
        yield _("closed after three calls that nobody answered")


def _label(choices: Any, value: object) -> str:
    return str(choices(value).label) if value in choices.values else ""
