"""The documents of a case on paper."""

from django.apps import AppConfig


class PaperConfig(AppConfig):
    name = "bihuan.casework.paper"
    label = "paper"
    verbose_name = "单据打印"
