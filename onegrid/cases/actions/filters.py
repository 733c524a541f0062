"""Keep and forget the filters of one's own queue."""

from __future__ import annotations

from uuid import UUID

from onegrid.accounts.viewer import Viewer
from onegrid.cases.models import SavedFilter
from onegrid.common.refusals import Forbidden, Invalid, NotFound

#: As many filters may one person keep.
MAX_FILTERS = 20
_NAME, _QUERY = 40, 400


def save_filter(*, viewer: Viewer, name: str, query: str) -> UUID:
    """Keep a filter under a name; the same name again replaces it.

    Args:
        query: the query string of the queue page, without "?".

    Raises:
        Forbidden: nobody is signed in.
        Invalid: no name, too long, or `MAX_FILTERS` are kept already.
    """
    if viewer.user_id is None:
        raise Forbidden("forbidden")
    label = " ".join(name.split())
    if not label or len(label) > _NAME:
        raise Invalid("filter.name", field="name", most=_NAME)
    if len(query) > _QUERY:
        raise Invalid("filter.too_long", field="name")
    mine = SavedFilter.objects.filter(user_id=viewer.user_id)
    if mine.exclude(name=label).count() >= MAX_FILTERS:
        raise Invalid("filter.too_many", field="name", most=MAX_FILTERS)
    row, _ = SavedFilter.objects.update_or_create(
        user_id=viewer.user_id, name=label, defaults={"query": query}
    )
    return row.id


def delete_filter(*, viewer: Viewer, filter_id: UUID) -> None:
    """Forget one of one's own filters.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    mine = SavedFilter.objects.filter(user_id=viewer.user_id) if viewer.user_id else None
    if mine is None or not mine.filter(pk=filter_id).delete()[0]:
        raise NotFound("filter.not_found")
