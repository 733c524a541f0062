from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "onegrid.calls"
    label = "calls"

    def ready(self) -> None:
        from onegrid.calls import refusal_texts  # noqa: F401
        from onegrid.calls.actions import known_files
        from onegrid.common.files import keeper

        keeper(known_files)
