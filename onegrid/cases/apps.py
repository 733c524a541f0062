from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "onegrid.cases"
    label = "cases"
