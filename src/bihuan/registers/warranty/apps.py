"""Warranty: terms, registrations, decisions with rule and proof."""

from django.apps import AppConfig


class WarrantyConfig(AppConfig):
    name = "bihuan.registers.warranty"
    label = "warranty"
    verbose_name = "保修"
