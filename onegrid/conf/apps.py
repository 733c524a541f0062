from django.apps import AppConfig


class ConfConfig(AppConfig):
    name = "onegrid.conf"
    label = "conf"
