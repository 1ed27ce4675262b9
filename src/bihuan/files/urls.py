"""The addresses of this room."""

from django.urls import path

from . import views

app_name = "files"
urlpatterns = [
    path("<uuid:identity>/", views.whole, name="whole"),
    path("<uuid:identity>/preview/", views.preview, name="preview"),
]
