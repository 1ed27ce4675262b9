"""Signing in and out, and one's own settings."""

from django.urls import path

from . import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.language, name="language"),
    path("profile/", views.profile, name="profile"),
    path("profile/look/", views.look, name="profile-look"),
    path("profile/password/", views.password, name="profile-password"),
    path("profile/sign-out-everywhere/", views.everywhere, name="sign-out-everywhere"),
    path("profile/token/", views.token, name="profile-token"),
]
