from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "onegrid.plans"
    label = "plans"

    def ready(self) -> None:
        from onegrid.plans import layer_texts, refusal_texts  # noqa: F401
