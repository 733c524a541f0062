"""Files with layers, read in a process of their own: it may fail, and its memory goes with it."""

from onegrid.plans.layers.reading import Found, Question, Row, read

__all__ = ["Found", "Question", "Row", "read"]
