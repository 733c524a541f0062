from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "onegrid.cases"
    label = "cases"

    def ready(self) -> None:
        from onegrid.cases import (
            approval_texts,  # noqa: F401
            joint_texts,  # noqa: F401
            oversight_texts,  # noqa: F401
            refusal_texts,  # noqa: F401
            tied_texts,  # noqa: F401
            watching,
        )
        from onegrid.cases.actions import known_files, tied
        from onegrid.common.files import keeper

        keeper(known_files)
        watching.watch("cases.tied", tied.hear)
