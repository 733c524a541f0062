from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "onegrid.plans"
    label = "plans"

    def ready(self) -> None:
        from onegrid.plans import refusal_texts  # noqa: F401
