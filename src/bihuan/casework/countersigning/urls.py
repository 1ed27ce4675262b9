"""The addresses of added signers."""

from django.urls import path

from . import views

app_name = "countersigning"
urlpatterns = [
    path("approvals/<str:number>/signers/", views.ask, name="ask"),
    path("approvals/signing/<uuid:signing>/", views.sign, name="sign"),
    path("approvals/signing/<uuid:signing>/let-off/", views.let_off, name="let-off"),
]
