"""Signing in and out, and one's own settings."""

from django.urls import path

from .views import door, factors, invited, outside, own

urlpatterns = [
    path("sign-in/", door.sign_in, name="sign-in"),
    path("sign-in/code/", door.code, name="sign-in-code"),
    path("sign-in/key/", door.sign_in_key, name="sign-in-key"),
    path("sign-in/outside/", outside.leave, name="outside"),
    path("sign-in/outside/back/", outside.back, name="outside-back"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("invited/<str:secret>/", invited.invited, name="invited"),
    path("language/", door.language, name="language"),
    path("profile/", own.profile, name="profile"),
    path("profile/look/", own.look, name="profile-look"),
    path("profile/password/", own.password, name="profile-password"),
    path("profile/sign-out-everywhere/", own.everywhere, name="sign-out-everywhere"),
    path("profile/sessions/<uuid:sitting>/end/", own.end_session, name="end-session"),
    path("profile/token/", own.token, name="profile-token"),
    path("profile/token/<uuid:token_id>/revoke/", own.revoke_token, name="revoke-token"),
    path("profile/factors/", factors.page, name="factors"),
    path("profile/factors/sure/", factors.sure, name="factors-sure"),
    path("profile/factors/app/", factors.app, name="factors-app"),
    path("profile/factors/key/", factors.new_key, name="factors-key"),
    path("profile/factors/codes/", factors.codes, name="factors-codes"),
    path("profile/factors/remove/", factors.remove, name="factors-remove"),
    path("profile/key-proof/", factors.key_proof, name="key-proof"),
    path("profile/outside/", outside.link, name="profile-outside"),
    path("profile/outside/unlink/", outside.unlink, name="profile-outside-unlink"),
]
