"""Everything that can be done in outreach; one function is one verb and one transaction."""

from onegrid.outreach.actions.asking import Asked, Question, answer_question, ask_party
from onegrid.outreach.actions.following import (
    Wish,
    confirm,
    follow,
    forget_unconfirmed,
    leave,
    tell_followers,
)
from onegrid.outreach.actions.publishing import Page, publish, take_down

__all__ = [
    "Asked",
    "Page",
    "Question",
    "Wish",
    "answer_question",
    "ask_party",
    "confirm",
    "follow",
    "forget_unconfirmed",
    "leave",
    "publish",
    "take_down",
    "tell_followers",
]
