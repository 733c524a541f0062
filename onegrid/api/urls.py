"""Addresses of the interface."""

from django.urls import path

from onegrid.api import pages
from onegrid.api.v1 import api

urlpatterns = [
    path("", pages.reference, name="api_reference"),
    path("v1/", api.urls),
]
