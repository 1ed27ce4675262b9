"""The author's desk. It keeps nothing itself: drafts stand in the register of documents."""

from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    name = "bihuan.casework.authoring"
    label = "authoring"
    verbose_name = "程序起草"
