"""Surveys: questions asked of customers, answers, attempts."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "bihuan.registers.surveys"
    label = "surveys"
    verbose_name = "调查"
