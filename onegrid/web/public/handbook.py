"""The handbook: one page for each role, rendered from the files of ``docs/handbook``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from onegrid.accounts.terms import Role
from onegrid.common.refusals import NotFound
from onegrid.web.middleware import Request


@require_safe
def index(request: Request) -> HttpResponse:
    """List the pages, those of the reader's own roles first."""
    mine = request.viewer.roles
    ordered = sorted(Role, key=lambda role: role not in mine)
    context = {"roles": [(role.value, role.label, role in mine) for role in ordered]}
    return render(request, "public/handbooks.html", context)


@require_safe
def page(request: Request, role: str) -> HttpResponse:
    """Show the page of a role, in English or simplified Chinese.

    Raises:
        NotFound: there is no such role.
    """
    if role not in Role.values:
        raise NotFound
    english = request.viewer.language.startswith("en")
    context = {
        "role": Role(role).label,
        "words": _rendered(role, english),
        "language": "en" if english else "zh-Hans",
    }
    return render(request, "public/handbook.html", context)


def folder() -> Path:
    """Return where the files are: in the package when installed, in ``docs`` of a checkout."""
    packed: Path = settings.BASE_DIR / "web" / "handbook"
    return packed if packed.is_dir() else settings.BASE_DIR.parent / "docs" / "handbook"


@cache
def _rendered(role: str, english: bool) -> SafeString:
    """Return the page as HTML; HTML in the file itself would be shown as text."""
    name = f"{role}.en.md" if english else f"{role}.md"
    text = (folder() / name).read_text("utf-8")
    page = str(MarkdownIt("commonmark", {"html": False}).render(text))
    return mark_safe(page)  # noqa: S308
