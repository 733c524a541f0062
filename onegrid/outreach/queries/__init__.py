"""Reads of outreach."""

from onegrid.outreach.queries.party import AskedRow, OpenQuestion, asked_of, question
from onegrid.outreach.queries.public import (
    EditionRow,
    PublicPage,
    PublicRow,
    Wanted,
    by_case,
    newest,
    points,
    proposal,
    public_case,
    public_list,
)

__all__ = [
    "AskedRow",
    "EditionRow",
    "OpenQuestion",
    "PublicPage",
    "PublicRow",
    "Wanted",
    "asked_of",
    "by_case",
    "newest",
    "points",
    "proposal",
    "public_case",
    "public_list",
    "question",
]
