"""The addresses of this room."""

from django.urls import path

from . import views

app_name = "calendars"
urlpatterns = [
    path("calendars/", views.year, name="year"),
    path("calendars/announce/", views.announce, name="announce"),
]
