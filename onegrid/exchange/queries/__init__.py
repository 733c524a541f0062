"""Reads of the exchange."""

from onegrid.exchange.queries.hooks import CallRow, TargetRow, calls, targets
from onegrid.exchange.queries.orders import (
    CaseOrder,
    MappingRow,
    MessageRow,
    PartnerRow,
    TroubleRow,
    access_of,
    area_by_code,
    book,
    health,
    mappings,
    next_seq,
    order_by_thread,
    order_of_case,
    partners,
    trouble,
)

__all__ = [
    "CallRow",
    "CaseOrder",
    "MappingRow",
    "MessageRow",
    "PartnerRow",
    "TargetRow",
    "TroubleRow",
    "access_of",
    "area_by_code",
    "book",
    "calls",
    "health",
    "mappings",
    "next_seq",
    "order_by_thread",
    "order_of_case",
    "partners",
    "targets",
    "trouble",
]
