"""Accounts, posts, competence and who may see what."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "bihuan.people"
    label = "people"
    verbose_name = "人员"
