"""The addresses of this room."""

from django.urls import path

from . import own_views, views

app_name = "calendars"
urlpatterns = [
    path("calendars/", views.year, name="year"),
    path("calendars/announce/", views.announce, name="announce"),
    path("calendars/outlets/", own_views.outlets, name="outlets"),
    path("calendars/outlets/<slug:outlet>/", own_views.hours, name="hours"),
]
