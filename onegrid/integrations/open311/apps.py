"""The app of the exchange with other cities."""

from django.apps import AppConfig


class Open311Config(AppConfig):
    """Brings the sentences of its refusals along."""

    name = "onegrid.integrations.open311"
    label = "open311"

    def ready(self) -> None:
        """Register the sentences."""
        from onegrid.integrations.open311 import refusal_texts  # noqa: F401
