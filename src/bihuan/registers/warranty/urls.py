"""The addresses of this room."""

app_name = "warranty"
urlpatterns: list = []
