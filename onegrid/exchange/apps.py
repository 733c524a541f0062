from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "onegrid.exchange"
    label = "exchange"

    def ready(self) -> None:
        from onegrid.cases import watching
        from onegrid.exchange import refusal_texts  # noqa: F401
        from onegrid.exchange.actions import hooks, telling

        watching.watch("exchange.orders", telling.heard)
        watching.watch("exchange.hooks", hooks.heard)
