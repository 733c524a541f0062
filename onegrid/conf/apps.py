from django.apps import AppConfig


class ConfConfig(AppConfig):
    name = "onegrid.conf"
    label = "conf"

    def ready(self) -> None:
        from onegrid.common.tenancy import checks  # noqa: F401
