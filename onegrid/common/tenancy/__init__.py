"""Row-based tenancy: one county is one tenant, and a domain app never has to think of it.

A domain model derives from `TenantModel` and refers to its kin by `TenantFK`. The database backend
in `backend/` turns that into ``PRIMARY KEY (tenant_id, id)``, composite foreign keys and row-level
security; `context.tenant_tx` opens the one transaction in which rows of one county are visible.
Reasons and measurements: docs/decisions/0002-row-based-tenancy.md.
"""
