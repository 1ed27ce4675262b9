"""The addresses of this room."""

from django.urls import path

from . import views

app_name = "charges"
urlpatterns = [
    path("prices/", views.price_lists, name="prices"),
    path("prices/new/", views.new_list, name="new-price-list"),
    path("prices/<uuid:key>/", views.price_list, name="price-list"),
    path("prices/<uuid:key>/lines/", views.add_line, name="add-price"),
    path("prices/<uuid:key>/version/", views.new_version, name="new-version"),
    path("receipts/", views.receipts, name="receipts"),
    path("receipts/<uuid:key>/void/", views.void, name="void-receipt"),
]
