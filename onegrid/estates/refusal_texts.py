"""Sentences for refusals of the register of estates."""

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "estate.not_found": _("There is no such estate, or it is not within your area."),
        "estate.only_community": _(
            "The register is kept by the estate's own community. Ask its clerk or secretary."
        ),
        "estate.name": _("Name the estate."),
        "estate.twice": _("The community has an estate “%(name)s” already."),
        "estate.year": _("Write the year in which it was built, from %(oldest)s to this year."),
        "estate.year_number": _("Write the year as a number like 1996, or leave it out."),
        "estate.kind": _("Choose who looks after the estate now."),
        "estate.stage": _("Choose a stage that fits the kind of service."),
        "estate.choice": _("Choose one of the list."),
        "estate.value": _("Say it in a few words."),
        "estate.source": _("Say who said so: a document, a meeting or an office."),
        "estate.no_building": _("Choose at least one building of the estate."),
        "estate.building_taken": _(
            "One of the buildings is in another estate or outside the community. Choose again."
        ),
        "estate.day": _("Write the day like 2026-03-02."),
        "estate.day_ahead": _("This day lies ahead. Write the day on which it happened."),
        "estate.day_early": _(
            "The estate has stood at its stage since %(day)s. Write that day or a later one."
        ),
        "estate.due": _("Say until when the next step is due: a day after the day of this step."),
        "estate.person": _("Choose who of the community is in charge."),
        "estate.reason": _("Say why."),
        "estate.not_carried": _(
            "By these numbers the owners have not decided: two thirds must take part and more than half of those agree, by owners and by area (Civil Code, art. 278). Check them, or say under “Why” what the agreement rests on."
        ),
        "estate.form": _("Choose the form of service."),
        "estate.joined": _("Choose the estates with which it is joined."),
        "estate.numbers": _(
            "Write whole numbers from the minutes: not more in favour than took part, not more taking part than there are."
        ),
        "estate.still_running": _(
            "The service of this estate is running. If it has ended, let the estate go back a step and say why."
        ),
        "estate.work": _("Say what is built or mended."),
        "estate.one_photo": _("One picture at a time."),
        "estate.too_long": _("At most %(most)s characters. Shorten the text."),
        "estate.unknown_community": _(
            "“%(value)s” is no community whose register you keep. Write its name or code."
        ),
        "estate.unknown_compound": _(
            "No free building of the compound “%(value)s” stands in this community. Write its name as in the list of buildings."
        ),
        "estate.row_twice": _(
            "Row %(row)s has the same community and estate. Delete one of the rows."
        ),
        "estate.too_many": _("At most %(most)s rows at once. Divide the table."),
        "estate.file": _("Choose an Excel or CSV file with the register, of at most 500 KB."),
        "estate.problems": _(
            "Nothing was brought in. Mend the rows below and upload the table again."
        ),
        "estate.changed": _("The register changed meanwhile. Upload the table again."),
        "estate.batch_taken": _(
            "Somebody else has brought a table in under the name “%(name)s”. Choose another name."
        ),
        "estate.batch_used": _(
            "This table cannot be taken back: something was written about “%(name)s” since. Take single estates off the register instead."
        ),
    }
)
