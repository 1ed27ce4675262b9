"""The addresses of this room."""

from django.urls import path

from . import views

app_name = "charges"
urlpatterns = [
    path("prices/", views.price_lists, name="prices"),
    path("prices/new/", views.new_list, name="new-price-list"),
    path("prices/<uuid:price_list>/", views.price_list_page, name="price-list"),
    path("prices/<uuid:price_list>/lines/", views.add_line, name="add-price"),
    path("prices/<uuid:price_list>/version/", views.new_version, name="new-version"),
    path("receipts/", views.receipts, name="receipts"),
    path("receipts/<uuid:receipt>/void/", views.void, name="void-receipt"),
]
