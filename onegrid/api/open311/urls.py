"""Addresses of Open311; the last part names the format."""

from __future__ import annotations

from django.urls import path, register_converter

from onegrid.api.open311 import requests, services


class FormConverter:
    """The format of an answer at the end of an address."""

    regex = "json|xml"

    def to_python(self, value: str) -> str:
        """Return the format."""
        return value

    def to_url(self, value: str) -> str:
        """Return the format."""
        return value


register_converter(FormConverter, "form")

app_name = "open311"
urlpatterns = [
    path("discovery.<form:form>", services.discovery, name="discovery"),
    path("v2/discovery.<form:form>", services.discovery, name="discovery_v2"),
    path("v2/services.<form:form>", services.services, name="services"),
    path("v2/services/<str:code>.<form:form>", services.definition, name="definition"),
    path("v2/requests.csv", requests.table, name="table"),
    path("v2/requests.<form:form>", requests.requests, name="requests"),
    path("v2/requests/<str:number>.<form:form>", requests.one, name="request"),
    # The Swagger file of the standard has this address in the singular.
    path("v2/request/<str:number>.<form:form>", requests.one, name="request_of_swagger"),
    path("v2/tokens/<str:key>.<form:form>", requests.token, name="token"),
    path("v2/servicerequestupdates.<form:form>", requests.updates, name="updates"),
]
