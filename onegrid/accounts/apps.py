from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "onegrid.accounts"
    label = "accounts"
