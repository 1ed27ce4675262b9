"""The addresses of this room."""

from django.urls import path

from . import views

app_name = "outlets"
urlpatterns = [
    path("outlets/", views.outlets, name="outlets"),
    path("outlets/new/", views.new, name="new"),
    path("outlets/<slug:code>/", views.outlet, name="outlet"),
    path("outlets/<slug:code>/<slug:act>/", views.act, name="act"),
]
