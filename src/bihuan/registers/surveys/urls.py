"""The addresses of this room."""

app_name = "surveys"
urlpatterns: list = []
