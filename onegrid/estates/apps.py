from django.apps import AppConfig


class EstatesConfig(AppConfig):
    name = "onegrid.estates"
    label = "estates"

    def ready(self) -> None:
        from onegrid.common.files import keeper
        from onegrid.estates import refusal_texts  # noqa: F401
        from onegrid.estates.queries.works import known_files

        keeper(known_files)
