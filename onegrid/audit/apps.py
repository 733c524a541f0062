from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "onegrid.audit"
    label = "audit"
