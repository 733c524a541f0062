"""Everything that changes routing rules and rules of law; lists come in by `importing`."""

from onegrid.duties.actions.law import define_rule, new_version
from onegrid.duties.actions.rules import (
    RuleGiven,
    discard_draft,
    make_draft,
    note_trial,
    publish,
    set_rules,
)

__all__ = [
    "RuleGiven",
    "define_rule",
    "discard_draft",
    "make_draft",
    "new_version",
    "note_trial",
    "publish",
    "set_rules",
]
