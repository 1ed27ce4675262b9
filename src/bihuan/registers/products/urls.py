"""The addresses of this room."""

app_name = "products"
urlpatterns: list = []
