"""The panels of a case: only what the viewer may do now, the next step first and open."""

from __future__ import annotations

from dataclasses import replace

from onegrid.web.casework.panels import (
    approval,
    assess,
    duties,
    feedback,
    handle,
    joint,
    outreach,
    oversight,
    tied,
)
from onegrid.web.casework.panels.base import Builder, Button, Field, Panel, Setting

__all__ = ["Button", "Field", "Panel", "Setting", "panels"]

#: Steps that move a case on, in the order of the flow.
_STEPS: tuple[Builder, ...] = (
    tied.danger,
    assess.on_spot,
    assess.start_triage,
    duties.certificate,
    assess.classify,
    assess.dispatch,
    handle.accept,
    handle.start,
    approval.decide_plan,
    approval.decide_closure,
    approval.ask_plan,
    handle.publish_plan,
    handle.report_milestone,
    approval.ask_closure,
    handle.finish,
    feedback.verify,
    feedback.callback,
    feedback.unreachable,
    feedback.decide_reopen,
    *oversight.STEPS,
    assess.supply_info,
    tied.unmerge,
    *joint.STEPS,
)
#: What is possible besides.
_ASIDE: tuple[Builder, ...] = (
    approval.recall_ask,
    assess.answer_now,
    assess.ask_info,
    *joint.ASIDE,
    assess.reclassify,
    *oversight.ASIDE,
    outreach.ask_party,
    outreach.publish,
    outreach.take_down,
    tied.merge,
    tied.split,
    tied.repeat,
    tied.emergency,
    handle.attach,
    feedback.note,
    assess.refuse,
)


def panels(setting: Setting) -> list[Panel]:
    """Return the panels of a case; open is the one that came back with errors, else the first."""
    steps = [made for made in (build(setting) for build in _STEPS) if made is not None]
    aside = [made for made in (build(setting) for build in _ASIDE) if made is not None]
    typed = setting.typed.get("panel") if setting.typed is not None else None
    found = [*steps, *aside]
    known = any(panel.name == typed for panel in found)
    opened = typed if known else (steps[0].name if steps else "")
    return [replace(panel, main=panel.name == opened) for panel in found]
