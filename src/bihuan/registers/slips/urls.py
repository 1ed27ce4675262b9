"""The addresses of this room."""

app_name = "slips"
urlpatterns: list = []
