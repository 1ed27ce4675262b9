"""The addresses of this room."""

app_name = "charges"
urlpatterns: list = []
