"""The addresses of the author's desk. Every act is a form with an address of its own."""

from django.urls import path

from .views import drafts, examples, frame, moving, readers, signing

app_name = "authoring"
urlpatterns = [
    path("procedures/pack/text/", frame.shown, name="frame"),
    path("procedures/pack/text/sign/", frame.sign, name="frame-sign"),
    path("procedures/draft/", drafts.listed, name="drafts"),
    path("procedures/<slug:kind>/draft/", drafts.editor, name="draft"),
    path("procedures/<slug:kind>/draft/start/", drafts.start, name="start"),
    path("procedures/<slug:kind>/draft/check/", drafts.check, name="check"),
    path("procedures/<slug:kind>/draft/drop/", drafts.drop, name="drop"),
    path("procedures/<slug:kind>/draft/reading/", drafts.reading, name="reading"),
    path("procedures/<slug:kind>/draft/changes/", drafts.changes, name="changes"),
    path("procedures/<slug:kind>/draft/rehearsal/", drafts.rehearsal, name="rehearsal"),
    path("procedures/<slug:kind>/draft/examples/", examples.listed, name="examples"),
    path("procedures/<slug:kind>/draft/examples/<str:file>/", examples.editor, name="example"),
    path("procedures/<slug:kind>/draft/examples/<str:file>/check/", examples.check, name="example-check"),
    path("procedures/<slug:kind>/draft/examples/<str:file>/remove/", examples.remove, name="example-remove"),
    path("procedures/<slug:kind>/draft/examples/<str:file>/discard/", examples.discard, name="example-discard"),
    path("procedures/<slug:kind>/draft/revisions/", drafts.revisions, name="revisions"),
    path("procedures/<slug:kind>/draft/revisions/<int:number>/", drafts.revision, name="revision"),
    path("procedures/<slug:kind>/draft/review/", signing.review, name="review"),
    path("procedures/<slug:kind>/draft/send/", signing.send, name="send"),
    path("procedures/<slug:kind>/draft/sign/", signing.sign, name="sign"),
    path("procedures/<slug:kind>/draft/return/", signing.give_back, name="give-back"),
    path("procedures/<slug:kind>/readers/", readers.readers, name="readers"),
    path("procedures/<slug:kind>/coming/", readers.coming, name="coming"),
    path("procedures/<slug:kind>/moving/", moving.moving, name="moving"),
]
