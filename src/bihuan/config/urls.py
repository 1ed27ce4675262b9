"""Every address of the house, and which room answers it."""

from django.urls import include, path

urlpatterns = [
    path("", include("bihuan.people.urls")),
    path("", include("bihuan.casework.urls")),
]
