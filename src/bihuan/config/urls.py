"""Every address of the house, and which room answers it."""

from django.urls import include, path

from .api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("health/", include("bihuan.config.health")),
    path("", include("bihuan.people.urls")),
    path("", include("bihuan.casework.urls")),
]
handler400 = "bihuan.layout.errors.bad_request"
handler403 = "bihuan.layout.errors.forbidden"
handler404 = "bihuan.layout.errors.not_found"
handler500 = "bihuan.layout.errors.server_error"
