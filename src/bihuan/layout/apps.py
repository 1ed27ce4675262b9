"""How pages look. Knows no business."""

from django.apps import AppConfig


class LayoutConfig(AppConfig):
    name = "bihuan.layout"
    label = "layout"
    verbose_name = "版面"
