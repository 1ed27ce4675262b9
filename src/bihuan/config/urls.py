"""Every address of the house, and which room answers it."""

from django.urls import include, path

from .api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("health/", include("bihuan.config.health")),
    path("", include("bihuan.config.metrics")),
    path("", include("bihuan.people.urls")),
    path("ui/", include("bihuan.layout.urls")),
    path("messages/", include("bihuan.people.messages.urls")),
    path("files/", include("bihuan.files.urls")),
    path("", include("bihuan.registers.calendars.urls")),
    path("", include("bihuan.registers.customers.urls")),
    path("", include("bihuan.registers.products.urls")),
    path("", include("bihuan.registers.warranty.urls")),
    path("", include("bihuan.registers.outlets.urls")),
    path("", include("bihuan.registers.visits.urls")),
    path("", include("bihuan.registers.slips.urls")),
    path("", include("bihuan.registers.charges.urls")),
    path("", include("bihuan.registers.surveys.urls")),
    path("", include("bihuan.casework.paper.urls")),
    path("", include("bihuan.casework.countersigning.urls")),
    path("privacy/", include("bihuan.casework.privacy.urls")),
    path("", include("bihuan.casework.audit.urls")),
    path("", include("bihuan.casework.authoring.urls")),
    path("", include("bihuan.casework.urls")),
    path("", include("bihuan.measures.urls")),
]
handler400 = "bihuan.layout.errors.bad_request"
handler403 = "bihuan.layout.errors.forbidden"
handler404 = "bihuan.layout.errors.not_found"
handler500 = "bihuan.layout.errors.server_error"
