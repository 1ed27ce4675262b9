"""The addresses of personal data."""

app_name = "privacy"
urlpatterns: list = []
