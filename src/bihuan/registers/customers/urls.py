"""The addresses of this room."""

app_name = "customers"
urlpatterns: list = []
