"""The installed base: what was sold to whom, where it stands."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "bihuan.registers.products"
    label = "products"
    verbose_name = "产品"

    def ready(self) -> None:
        """When customers are merged, their devices go along."""
        from bihuan.registers.customers.actions import follow  # noqa: PLC0415 - models are there only from now on

        from .actions.devices import move_with  # noqa: PLC0415

        follow("units", move_with)
