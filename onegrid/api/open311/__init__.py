"""Open311 GeoReport v2: the standard by which other cities and applications report and follow.

Nothing personal goes out: see `cases.queries.shared`.
"""
