"""Sentences for what outreach refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "party.whom": _("Choose who is asked: the reporter or somebody else."),
        "party.way": _("Choose how the link gets there: text message, e-mail, or by yourself."),
        "party.to_whom": _("Write who is asked, in at most %(most)s characters."),
        "party.question": _("Write the question, in at most %(most)s characters."),
        "party.disclosed": _(
            "What you tell of the matter is longer than %(most)s characters. Shorten it."
        ),
        "party.days": _("Choose from the list how long the question can be answered."),
        "party.phone": _(
            "This is no phone number that gets text messages. Correct it, or pass the link on yourself."
        ),
        "party.email": _("This is no e-mail address. Correct it, or pass the link on yourself."),
        "party.no_contact": _(
            "The reporter has left no phone number. Choose to pass the link on yourself."
        ),
        "party.reporter_by_sms": _(
            "The reporter is reached by text message or by a link you pass on."
        ),
        "party.too_many_open": _(
            "%(most)s questions of this case are not answered yet. Wait for an answer, or until one runs out."
        ),
        "party.unknown": _(
            "This link or code is not right. Look at the message again, or call 12345."
        ),
        "party.expired": _(
            "The time to answer this question is over. Call 12345 if you still want to say something."
        ),
        "party.used": _(
            "This question has been answered already. Thank you. Call 12345 if something is to be added."
        ),
        "party.case_over": _("The matter is settled; an answer is no longer needed. Thank you."),
        "party.answer": _("Write your answer, in at most %(most)s characters."),
        "party.name": _("The name is longer than %(most)s characters. Shorten it."),
        "asked.too_many": _("Too many wrong codes. Wait %(minutes)s minutes, or call 12345."),
        "public.confidential": _(
            "The reporter asked for confidence: this case is never published."
        ),
        "public.whistle": _("A report of wrongdoing is never published."),
        "public.not_ended": _(
            "Only a case that was answered can be published. Wait until it is done."
        ),
        "public.title": _("Write a title, in at most %(most)s characters."),
        "public.text": _("Write the text for everybody, in at most %(most)s characters."),
        "public.answer": _("Write the official answer, in at most %(most)s characters."),
        "public.still_personal": _(
            "This still looks like personal data: %(sorts)s. Take it out, or tick that you have checked it."
        ),
        "public.not_published": _("This case is not public now."),
        "public.reason": _("Write why the page is taken down."),
        "public.not_found": _("This page does not exist, or it is no longer public."),
        "follow.email": _("This is no e-mail address. Write it like name@example.cn."),
        "follow.area": _("Choose the area from the list."),
        "follow.category": _("Choose the category from the list."),
        "follow.too_many": _(
            "This address follows %(most)s areas already. Leave one first, by the link in its e-mails."
        ),
        "follow.link": _(
            "This link is not right or has run out. Ask for a new one on the page “Follow an area”."
        ),
        "follow.often.too_many": _("Too many tries. Wait %(minutes)s minutes."),
    }
)
