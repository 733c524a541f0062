from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "onegrid.accounts"
    label = "accounts"

    def ready(self) -> None:
        from onegrid.accounts import refusal_texts

        refusal_texts.register()
