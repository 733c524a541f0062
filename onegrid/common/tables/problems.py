"""What can be wrong with a table, each with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register, text
from onegrid.common.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong.

    Attributes:
        row: row of the table, the header being row 1 (of a GeoJSON file the first feature is row
            2); 0 for the file as a whole.
        column: name of the column, empty for the whole row.
    """

    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def remedy(self) -> str:
        """What is wrong and what to do, in the active language."""
        refusal = Refusal(self.code)
        refusal.params = dict(self.params)
        return text(refusal)


class Bad(Exception):
    """Carries a problem out of a reader."""

    def __init__(self, row: int, column: str, code: str, **params: object) -> None:
        super().__init__(code)
        self.row, self.column, self.code, self.params = row, column, code, params


register(
    {
        "table.too_large": _("The file is larger than %(megabytes)s MB. Split it."),
        "table.not_text": _("This is not a text file. Save the table as “CSV UTF-8”."),
        "table.not_excel": _("This Excel file cannot be read. Save it again as .xlsx or CSV."),
        "table.not_geojson": _(
            "This is not a GeoJSON file with a list of features. Export it again as GeoJSON."
        ),
        "table.encoding": _(
            "The characters of this file cannot be read. Save the table as “CSV UTF-8”."
        ),
        "table.quotes": _(
            "A quotation mark is open or stands alone near line %(line)s of the file. "
            "Double it, or save the table as CSV again."
        ),
        "table.columns": _(
            "Columns are missing: %(columns)s. Add them to the first row; “onegrid import "
            "template %(what)s” prints a table to start from."
        ),
        "table.column_twice": _("This column appears twice. Delete one of them."),
        "table.empty": _("There is no row below the header."),
        "row.cells": _(
            "This row has %(got)s cells, the header has %(wanted)s. A comma in a text needs "
            "quotation marks around the text."
        ),
        "row.empty": _("This cell is empty. Fill it in."),
        "row.too_long": _("%(got)s characters; at most %(most)s fit. Shorten it."),
        "row.date": _("“%(value)s” is not a time. Write it like 2026-03-02 09:00:00."),
        "row.old": _("“%(value)s” lies before the year 2000. Check the year."),
        "row.number": _("“%(value)s” is not a number of degrees. Write it like 118.8296."),
        "row.count": _("“%(value)s” is not a whole number. Write it like 420, or leave it out."),
        "row.choice": _("“%(value)s” is not known here. Write one of: %(known)s."),
        "row.same_code": _(
            "Row %(row)s has the same code. Give each its own, or delete one of the rows."
        ),
        "batch.name": _("A batch is named by 1 to 30 letters, digits, dots or dashes."),
        "batch.unknown": _("There is no batch “%(name)s”. “onegrid import list” shows all."),
    }
)
