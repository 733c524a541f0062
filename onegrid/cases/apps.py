from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "onegrid.cases"
    label = "cases"

    def ready(self) -> None:
        from onegrid.cases import joint_texts, refusal_texts  # noqa: F401
