from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "onegrid.web"
    label = "web"
