"""What was backed up, tried and restored, as the site itself remembers it."""

from django.apps import AppConfig


class KeepingConfig(AppConfig):
    name = "bihuan.config.keeping"
    label = "keeping"
    verbose_name = "备份"
