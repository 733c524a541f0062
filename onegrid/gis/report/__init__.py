"""The report of a plan: one HTML file that needs nothing else."""

from onegrid.gis.report.page import STYLES, Heading, page

__all__ = ["STYLES", "Heading", "page"]
