"""The addresses of the audit room."""

from django.urls import path

from .views import as_of, digests, exceptions, log, samples

app_name = "audit"
urlpatterns = [
    path("audit/", log.entries, name="log"),
    path("audit/export.<slug:ending>", log.export, name="export"),
    path("audit/entries/<uuid:entry>/", log.entry, name="entry"),
    path("audit/exceptions/", exceptions.catalogue, name="exceptions"),
    path("audit/exceptions/<slug:name>/", exceptions.one, name="exception"),
    path("audit/policy/", exceptions.set_policy, name="policy"),
    path("audit/samples/", samples.listed, name="samples"),
    path("audit/samples/new/", samples.draw, name="draw"),
    path("audit/samples/<uuid:sample>/", samples.one, name="sample"),
    path("audit/samples/<uuid:sample>/close/", samples.close, name="close"),
    path("audit/samples/<uuid:sample>/result.pdf", samples.result, name="result"),
    path("audit/samples/<uuid:sample>/<int:place>/", samples.sheet, name="sheet"),
    path("audit/samples/<uuid:sample>/<int:place>/hand-over/", samples.hand_over, name="hand-over"),
    path("audit/digests/", digests.listed, name="digests"),
    path("audit/digests/compare/", digests.compare, name="compare"),
    path("audit/digests/<str:day>/", digests.one, name="digest"),
    path("audit/digests/<str:day>/paper.pdf", digests.on_paper, name="digest-paper"),
    path("audit/digests/<str:day>/file.json", digests.file, name="digest-file"),
    path("cases/<str:number>/as-of/", as_of.as_of, name="as-of"),
]
