"""The addresses of this room."""

from django.urls import path

from . import views

app_name = "messages_out"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read, name="read"),
    path("settings/", views.settings, name="settings"),
    path("settings/add/", views.add, name="add"),
    path("settings/<uuid:key>/", views.change, name="change"),
    path("log/", views.log, name="log"),
]
