from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "onegrid.grids"
    label = "grids"

    def ready(self) -> None:
        from onegrid.common.refusal_texts import register
        from onegrid.grids.refusals import TEXTS

        register(TEXTS)
