"""The addresses of this room. Every act is a form with an address of its own."""

from django.urls import path

from . import views
from .views import delegating, drafts, followup, home, inbox, intake, papers, procedures

app_name = "casework"
urlpatterns = [
    path("", home.home, name="home"),
    path("role/", home.role, name="role"),
    path("delegate/", delegating.delegate, name="delegate"),
    path("drafts/<str:place>/", drafts.draft, name="draft"),
    path("approvals/", inbox.approvals_page, name="approvals"),
    path("approvals/count/", inbox.count, name="waiting-count"),
    path("approvals/<str:number>/", inbox.card, name="approval"),
    path("cases/", views.case_list, name="list"),
    path("cases/new/", views.choose, name="choose"),
    path("cases/new/<slug:kind>/", views.open_form, name="open"),
    path("cases/<str:number>/", views.case_page, name="case"),
    path("cases/<str:number>/acts/<slug:action>/", views.act_form, name="act"),
    path("cases/<str:number>/deadlines/<slug:name>/<int:run>/", views.deadline_page, name="deadline"),
    path("followup/", followup.followup, name="followup"),
    path("followup/<str:number>/", followup.answers, name="followup-answers"),
    path("followup/<str:number>/reveal/", followup.reveal, name="followup-reveal"),
    path("intake/", intake.intake, name="intake"),
    path("intake/sides/", intake.sides, name="intake-sides"),
    path("intake/find/<slug:kind>/<slug:field>/", intake.find, name="intake-find"),
    path("procedures/", procedures.procedure_list, name="procedures"),
    path("procedures/<slug:kind>/", procedures.procedure_page, name="procedure"),
    path("procedures/<slug:kind>/sign/", papers.sign, name="sign"),
    path("procedures/<slug:kind>/copies/", papers.issue, name="issue"),
    path("procedures/<slug:kind>/copies/<str:copy>/", papers.copy, name="copy"),
    path("procedures/<slug:kind>/copies/<str:copy>/text", papers.copy_text, name="copy-text"),
    path("forms/", papers.forms, name="forms"),
]
