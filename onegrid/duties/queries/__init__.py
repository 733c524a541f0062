"""Every read of lists, routing rules and rules of law."""

from onegrid.duties.queries import items, law, rules
from onegrid.duties.queries.items import (
    BatchRow,
    Difference,
    ItemRow,
    ListRow,
    batches,
    certificates_in,
    compare,
    find_items,
    item,
    item_by_code,
    items_in_force,
    items_of,
    list_in_force,
    list_of,
    lists,
    offered,
    owner_unit,
)
from onegrid.duties.queries.law import LawRow, amount, law_rules, rule_for
from onegrid.duties.queries.rules import BookRow, RuleRow, book, books, draft_book, live_book

__all__ = [
    "BatchRow",
    "BookRow",
    "Difference",
    "ItemRow",
    "LawRow",
    "ListRow",
    "RuleRow",
    "amount",
    "batches",
    "book",
    "books",
    "certificates_in",
    "clear",
    "compare",
    "draft_book",
    "find_items",
    "item",
    "item_by_code",
    "items_in_force",
    "items_of",
    "law_rules",
    "list_in_force",
    "list_of",
    "lists",
    "live_book",
    "offered",
    "owner_unit",
    "rule_for",
]


def clear() -> None:
    """Forget everything that is cached."""
    for part in (items, law, rules):
        part.clear()
