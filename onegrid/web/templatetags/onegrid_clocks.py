"""Clocks in sentences for templates. ``{% load onegrid_clocks %}``."""

from __future__ import annotations

from django import template

from onegrid.web import clock_text

register = template.Library()

register.filter("line_text", clock_text.line_text)
register.filter("reading_text", clock_text.reading_text)
register.filter("promise_text", clock_text.promise_text)
