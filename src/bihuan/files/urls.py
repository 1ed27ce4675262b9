"""The addresses of this room."""

app_name = "files"
urlpatterns: list = []
