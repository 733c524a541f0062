"""A file that was looked at and waits for somebody to say yes; swept after a day."""

from __future__ import annotations

from onegrid.common.files import default_store
from onegrid.common.refusals import Conflict, NotFound
from onegrid.common.tenancy.context import current_tenant


def keep(content: bytes) -> str:
    """Keep the bytes of a file and return their digest."""
    return default_store().put(tenant_id=current_tenant(), data=content)


def kept(digest: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        Conflict: it was swept.
    """
    try:
        return default_store().read(tenant_id=current_tenant(), sha256=digest)
    except NotFound as error:
        raise Conflict("layer.expired", field="file") from error
