"""The addresses of personal data."""

from django.urls import path

from . import views

app_name = "privacy"
urlpatterns = [
    path("", views.index, name="index"),
    path("notice/", views.notice, name="notice"),
    path("policy/", views.change_policy, name="policy"),
    path("reveals/", views.reveal_list, name="reveals"),
    path("exports/", views.export_list, name="exports"),
    path("requests/", views.request_list, name="requests"),
    path("requests/new/", views.new_request, name="new-request"),
    path("requests/<uuid:asked>/", views.request_page, name="request"),
    path("requests/<uuid:asked>/file", views.copy_file, name="copy"),
    path("requests/<uuid:asked>/<slug:act>/", views.request_act, name="request-act"),
    path("holds/", views.hold_list, name="holds"),
    path("holds/<uuid:held>/lift/", views.lift_hold, name="lift"),
    path("retention/", views.retention_list, name="retention"),
    path("retention/<uuid:order>/", views.retention_page, name="list"),
    path("retention/<uuid:order>/<slug:act>/", views.retention_act, name="list-act"),
    path("recordings/", views.recording_list, name="recordings"),
    path("recordings/<uuid:recording>/", views.announce, name="recording"),
    path("consents/", views.consent_texts, name="consent-texts"),
    path("consents/<str:customer>/<uuid:contact>/", views.consents, name="consents"),
]
