from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "onegrid.web"
    label = "web"

    def ready(self) -> None:
        from onegrid.web.admin import refusal_texts

        refusal_texts.register()
