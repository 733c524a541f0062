"""Addresses at which other systems reach the exchange."""

from django.urls import path

from onegrid.api import hotline

app_name = "exchange"

urlpatterns = [
    path("hotline/v1/messages", hotline.messages, name="hotline_messages"),
    path("hotline/v1/schemas/<slug:schema_name>.json", hotline.published, name="hotline_schema"),
]
