from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "onegrid.reports"
    label = "reports"
