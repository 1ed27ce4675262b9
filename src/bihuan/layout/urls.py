"""The component page."""

from django.urls import path

from . import views

app_name = "layout"
urlpatterns = [path("", views.components, name="components"), path("find/", views.found, name="found")]
