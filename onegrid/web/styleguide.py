"""The living style guide: every component with invented content."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from onegrid.web import samples


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the style guide."""
    now = getattr(request, "now", None) or timezone.now()
    return render(request, "public/styleguide.html", samples.context(now))
