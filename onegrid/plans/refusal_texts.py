"""Sentences for refusals of drafts, approval, adoption and hand-over."""

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "draft.not_found": _("There is no such draft, or it belongs to another street."),
        "draft.only_planners": _(
            "Drafts of this area are made by its street officer or by the county. You can comment on it."
        ),
        "draft.only_street": _("Only the officer of a street of this draft agrees to it."),
        "draft.only_county": _("Only the county decides this. Ask the supervisor."),
        "draft.same_person": _(
            "You have submitted this draft or agreed to it. Somebody else has to approve it."
        ),
        "draft.scope": _("Choose a street or the whole county."),
        "draft.no_buildings": _(
            "There are no buildings with households here. Import the buildings first."
        ),
        "draft.name": _("Write a name of at most %(most)s characters."),
        "draft.code": _("Write a code of at most %(most)s characters."),
        "draft.code_used": _(
            "Another grid of this draft has the code %(code)s. Write another one."
        ),
        "draft.band": _(
            "The least households must not be more than the most, which must be above 0."
        ),
        "draft.most_grids": _("Allow at least one grid, or leave the number empty."),
        "draft.seconds": _("Let the planner work from 1 to %(most)s seconds."),
        "draft.weight": _("Set each weight from 0 to 100."),
        "draft.no_stations": _(
            "Nobody has said where the stations stand. Choose sites first, or leave this at 0."
        ),
        "draft.frozen": _("Only grids of the area of this draft can be kept as they are."),
        "draft.not_open": _(
            "This draft cannot be changed now: it is %(status)s. Send it back or make a new one."
        ),
        "draft.running": _(
            "The planner is working on this draft. Wait until it is done, or end it early."
        ),
        "draft.not_planned": _("There is no plan yet. Let the planner make one first."),
        "draft.no_run": _(
            "This draft has not been planned yet. Let the planner make a plan first."
        ),
        "draft.no_grid": _("There is no such grid in this draft. Choose it again."),
        "draft.no_building": _("One of these buildings is not in this draft. Choose them again."),
        "draft.nothing_moves": _("These buildings are in this grid already. Choose another grid."),
        "draft.swap_grids": _(
            "Choose two groups of buildings, each within one grid, to change places."
        ),
        "draft.one_building": _("A grid of one building cannot be divided."),
        "draft.merge_two": _("Choose at least two grids to join."),
        "draft.nothing_to_undo": _("There is nothing to undo or to do again."),
        "draft.comment": _("Write what you think, in at most %(most)s characters."),
        "draft.reason": _("Give the reason, in at most %(most)s characters."),
        "draft.not_ready": _("Only a draft with a plan can be submitted; this one is %(status)s."),
        "draft.not_submitted": _("This draft waits for no such decision: it is %(status)s."),
        "draft.agreed_already": _("Your street has agreed to this draft already."),
        "draft.not_agreed": _(
            "The streets have to agree before the county approves; this draft is %(status)s."
        ),
        "draft.not_approved": _("Only an approved draft can be adopted; this one is %(status)s."),
        "draft.over": _("This draft is %(status)s; nothing more can be done with it."),
        "plan.day": _("Choose a day to come: the plan begins at its first hour."),
        "plan.outdated": _(
            "%(count)s buildings have come, gone or changed their grid since this draft was made. Make a new draft."
        ),
        "plan.not_whole": _(
            "Not every building of this draft is in exactly one grid. Let the planner make the plan again."
        ),
        "plan.other_adoption": _(
            "Another plan that was adopted already changes %(name)s. Revoke it first, or wait until its day has come and make a new draft."
        ),
        "plan.nothing_changes": _("This draft changes nothing; there is nothing to adopt."),
        "plan.code_used": _("Another grid of the county has the code %(code)s. Rename the grid."),
        "plan.no_outline": _(
            "%(name)s would have no outline, because today's grids there have none. Import their outlines first."
        ),
        "plan.gap": _(
            "The new grids would leave %(metres)s m² of today's grids without any. Mend the outlines of today's grids and make a new draft."
        ),
        "plan.overlap": _(
            "The new grids would overlap by %(metres)s m². Mend the outlines of today's grids and make a new draft."
        ),
        "plan.begun": _("This plan has begun or was revoked already; it cannot be revoked now."),
        "plan.in_use": _(
            "A role or a unit was already given to a grid of this plan. End that first, then revoke."
        ),
        "plan.broken_off": _(
            "The planner broke off, perhaps for want of memory. What was planned before is kept; start it again."
        ),
        "handover.not_found": _("There is no such hand-over list, or it is not within your area."),
        "handover.not_yours": _(
            "Only the one who gives and the one who takes over sign this list."
        ),
        "handover.taker": _("Choose a grid worker of this county."),
        "handover.signed": _(
            "The list is signed already; the one who took over cannot be changed."
        ),
        "handover.revoked": _("This plan was revoked; there is nothing to hand over."),
        "band.level": _("Set the band of grids or of communities."),
    }
)
