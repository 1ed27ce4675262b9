"""Own and contracted service points."""

from django.apps import AppConfig


class OutletsConfig(AppConfig):
    name = "bihuan.registers.outlets"
    label = "outlets"
    verbose_name = "网点"
