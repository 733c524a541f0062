"""Sentences for what cases refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "form.key": _("This form is incomplete. Reload the page and send it again."),
        "case.key_used": _(
            "This key was used for something else. Reload the page, or make a new UUID for each request."
        ),
        "case.not_found": _("This case does not exist, or it is not within your area."),
        "case.text_empty": _(
            "Please describe what it is about: type, speak, or add a photo and a word or two."
        ),
        "case.text_too_long": _(
            "The text has %(got)s characters; at most %(most)s fit. Shorten it, or add the rest as a photo."
        ),
        "case.title_too_long": _("The title is longer than %(most)s characters. Shorten it."),
        "case.parts": _(
            "At most %(most)s matters in one request, and none of them empty. Send the others separately."
        ),
        "case.kind_unknown": _("Choose what sort of message this is from the list."),
        "case.channel_unknown": _("Choose the channel from the list."),
        "case.category_unknown": _("There is no category “%(code)s”. Choose one from the list."),
        "question.missing": _("Please answer “%(question)s”."),
        "question.many": _("Give one answer to “%(question)s”."),
        "question.too_long": _("The answer to “%(question)s” is too long. Shorten it."),
        "question.number": _("The answer to “%(question)s” must be a number, for example 12.5."),
        "question.time": _(
            "The answer to “%(question)s” must be a time such as 2026-03-02T09:00:00+08:00."
        ),
        "question.choice": _("Choose the answer to “%(question)s” from its list."),
        "question.unknown": _(
            "This category does not ask for “%(question)s”. Leave it out, or look at its questions."
        ),
        "question.no_category": _("There is no category “%(code)s”. Choose one from the list."),
        "question.code": _(
            "The code of a question has letters, digits, - and _, at most %(most)s of them."
        ),
        "question.text": _("Write the question in 1 to %(most)s characters."),
        "question.choices": _(
            "The two lists need 1 to %(most)s choices with different keys; the other types need none."
        ),
        "question.datatype": _("The type of a question is one of: %(known)s."),
        "case.phone": _("This is not a phone number. Use digits only, for example 13800138000."),
        "case.illegal_transition": _(
            "This step is no longer possible: somebody else was faster, or the case has moved on. Reload the page to see where it stands."
        ),
        "case.moved_on": _(
            "Somebody else has worked on this case since you opened the page. Look at what happened, then decide again."
        ),
        "case.not_your_turn": _(
            "This step is for somebody else. The page of the case shows who holds it."
        ),
        "case.missing.text": _("Please write something: what was done, or why."),
        "case.missing.class": _("Choose a class: general, major or complex."),
        "case.missing.category": _("Choose a category."),
        "case.item_unknown": _(
            "There is no item “%(code)s” in the lists in force. Choose one, or “no item”."
        ),
        "case.push_needs_item": _(
            "“%(item)s” is a duty of %(owner)s. Give it to them, or cite the community's own matter that gives it a part in this."
        ),
        "case.push_needs_reason": _("Say why the community shall do what is a duty of %(owner)s."),
        "case.no_certificate": _("No abolished certificate was recognised in this request."),
        "case.outside_too_long": _("The name is longer than %(most)s characters. Shorten it."),
        "case.missing.unit": _("Choose the unit that shall handle it."),
        "case.missing.reason_code": _(
            "Choose one of the five reasons of the regulation (Art. 19)."
        ),
        "case.missing.result": _("Choose how it ended."),
        "case.missing.photo": _(
            "A major case needs at least one photo taken after handling. Add it under “After handling”."
        ),
        "case.missing.plan": _("Publish the plan first."),
        "case.missing.milestone": _("Choose the milestone."),
        "case.missing.part_answers": _("Answer every matter of the request."),
        "case.missing.verdict": _("Give all three verdicts: answered, solved, satisfied."),
        "case.part_unanswered": _(
            "Matter %(n)s has no answer yet. Answer each matter in a full sentence."
        ),
        "case.info_waits_used": _(
            "Information was asked for %(most)s times already. Decide with what is known."
        ),
        "case.refusal_needs_leader": _(
            "A complaint may be refused by the community secretary or the street only."
        ),
        "case.appealed_before": _("An appeal was decided before. Call 12345 if you disagree."),
        "case.unit_unknown": _("This unit does not exist or is closed. Choose one from the list."),
        "case.plan_only_complex": _(
            "Only a complex case has a plan. Change the class first if it is complex."
        ),
        "case.plan_published": _(
            "The plan of this case is published already. Report its milestones instead."
        ),
        "case.plan_first": _("A complex case needs a published plan before it can be done."),
        "case.no_community_unit": _(
            "The community of this place has no unit yet. Ask the system administrator."
        ),
        "case.not_your_grid": _("This case is not in your grid."),
        "case.on_spot_only_general": _("Only a general case can be solved on the spot."),
        "case.open_parts": _("A matter of this request has no answer yet; the case cannot close."),
        "case.open_milestones": _(
            "Milestones of the plan are still open. Report them first, or choose “Plan under way”."
        ),
        "case.reopen_too_late": _(
            "A case can be reopened within %(days)s days after closing. Please send a new request."
        ),
        "case.first_reopen_by_right": _(
            "The first reopening is the resident's right and cannot be refused."
        ),
        "case.reminded_lately": _("You reminded us within the last hour. The unit has seen it."),
        "place.missing": _(
            "Say where it is: tap the map, choose from the address list, or describe the place."
        ),
        "place.address_too_long": _("The address is longer than %(most)s characters. Shorten it."),
        "plan.measures": _("Describe the measures in at least ten characters."),
        "plan.owner": _("Name the person who answers for the plan."),
        "plan.milestones": _("Give at least one milestone with a title and a date."),
        "plan.dates": _("The dates of the milestones must be in order and not in the past."),
        "plan.no_such_milestone": _("There is no milestone %(n)s in this plan."),
        "plan.milestone_done": _("Milestone %(n)s was reported before."),
        "verdict.solved": _("Say whether it was solved: yes, partly or no."),
        "verdict.satisfied": _("Say whether you are satisfied."),
        "verdict.reason": _(
            "Please say in a word or two what is still wrong; it goes to the unit's head."
        ),
        "receipt.not_found": _(
            "Number and query code do not belong together. Check both, or call 12345."
        ),
        "contact.purpose": _("Say why you need the contact: to call, to call back or to visit."),
        "contact.confidential": _(
            "The reporter asked for confidence. Only the county centre may call; ask it to pass on "
            "your question."
        ),
        "contact.none": _("No contact was left with this case."),
        "contact.case_over": _("The case is over; contact data cannot be opened any more."),
        "file.not_found": _("This file does not exist, or it is not within your area."),
        "media.phase": _("Choose whether the photo was taken before or after handling."),
        "media.too_many": _("At most %(most)s files belong to one case. Leave some out."),
        "filter.name": _("Give the filter a name of at most %(most)s characters."),
        "filter.too_long": _("This filter is too long to be kept. Use fewer words."),
        "filter.too_many": _("You keep %(most)s filters already. Delete one first."),
        "filter.not_found": _("This filter is gone already."),
        "bulk.unknown": _("Choose what shall be done with the selected cases."),
        "category.no_parent": _("The parent category “%(code)s” does not exist."),
        "text.no_category": _("The category “%(code)s” does not exist."),
    }
)
