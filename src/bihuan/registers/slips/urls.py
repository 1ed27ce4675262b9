"""The addresses of this room."""

from django.urls import path

from . import views

app_name = "slips"
urlpatterns = [
    path("slips/", views.slips, name="slips"),
    path("slips/<str:number>/", views.slip, name="slip"),
]
