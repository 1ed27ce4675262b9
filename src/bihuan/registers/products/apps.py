"""The installed base: what was sold to whom, where it stands."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "bihuan.registers.products"
    label = "products"
    verbose_name = "产品"
