from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "onegrid.duties"
    label = "duties"

    def ready(self) -> None:
        """Register the sentences of refusals."""
        from onegrid.duties import refusal_texts  # noqa: F401
