"""The addresses of the reports: /reports/…"""

from django.urls import path

from . import views

app_name = "measures"
urlpatterns = [
    path("reports/", views.catalogue, name="reports"),
    path("reports/<slug:report>/", views.newest, name="newest"),
    path("reports/<slug:report>/<str:period>/", views.one, name="report"),
    path("reports/<slug:report>/<str:period>/report.<slug:ending>", views.as_file, name="file"),
]
