"""The addresses of paper."""

from django.urls import path

from . import views

app_name = "paper"
urlpatterns = [
    path("print/", views.several, name="several"),
    path("print/offset/", views.offset, name="offset"),
    path("cases/<str:number>/print/", views.menu, name="menu"),
    path("cases/<str:number>/print/<str:document>/", views.document, name="document"),
    path("cases/<str:number>/print/<str:document>/pages/<int:page>/", views.page, name="page"),
]
