from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "onegrid.outreach"
    label = "outreach"

    def ready(self) -> None:
        from onegrid.outreach import refusal_texts  # noqa: F401
