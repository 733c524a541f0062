"""Addresses: one include per audience."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("onegrid.api.urls")),
    path("", include("onegrid.reports.urls")),
    path("", include("onegrid.web.account.urls")),
    path("", include("onegrid.web.health.urls")),
    path("", include("onegrid.web.places")),
    path("admin/", include("onegrid.web.admin.urls")),
]
