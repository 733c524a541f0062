from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "onegrid.organisation"
    label = "organisation"
