"""Layers in, towns and plans out: files of geographic data, on anybody's machine, no database.

Reading: `read` → `Layer`; `survey` makes a `onegrid.core.planning.Town` of layers. Writing:
`onegrid.gis.writing`; reports: `onegrid.gis.report`. Frames in, frames out: `plan_frame` in
`onegrid.gis.frames`. Formats and columns: docs/operate/planning.md.
"""

from onegrid.gis.errors import BadRows, CrsUnknown, GisError, Note, Problem

__all__ = ["BadRows", "CrsUnknown", "GisError", "Note", "Problem"]
