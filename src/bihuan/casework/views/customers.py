"""Customers: the list, the card, and every act of the register as a form with its own address."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from bihuan.registers.customers import phones, queries
from bihuan.registers.customers.errors import OutOfSight
from bihuan.registers.customers.models import Customer

from ..pages import customers as pages
from ..pages.records import RecordForm
from ..replies import spoken


def sought(request: HttpRequest, customer: str) -> Customer:
    """The customer of the address, or a 404 that does not tell whether it exists elsewhere."""
    try:
        return queries.find(request.user, customer, timezone.now())
    except OutOfSight as error:
        raise Http404(error.words.say(spoken())) from error


def shown(request: HttpRequest, form: RecordForm) -> HttpResponse:
    """The form, carried out and gone on from, or shown (again) with what is wrong."""
    onward = form.answered(request)
    if onward:
        return HttpResponseRedirect(onward)
    return render(request, "casework/record_form.html", form.context(), status=form.status)


@login_required
def customer_list(request: HttpRequest) -> HttpResponse:
    """The list; its whole state stands in the address."""
    return render(request, "casework/customers.html", pages.listed(request, timezone.now(), spoken()))


@login_required
def customer_page(request: HttpRequest, customer: str) -> HttpResponse:
    """One customer with devices and cases."""
    found = sought(request, customer)
    return render(request, "casework/customer.html", pages.card(request.user, found, timezone.now(), spoken()))


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A new customer."""
    return shown(request, pages.new_form(request.user, timezone.now(), spoken()))


@login_required
def edit(request: HttpRequest, customer: str) -> HttpResponse:
    """Name, grade and outlet."""
    return shown(request, pages.edit_form(request.user, sought(request, customer), timezone.now(), spoken()))


@login_required
def contact(request: HttpRequest, customer: str, contact: UUID | None = None) -> HttpResponse:
    """A new contact, or a correction."""
    found = sought(request, customer)
    one = get_object_or_404(found.contacts.select_related("customer"), pk=contact) if contact else None
    return shown(request, pages.contact_form(request.user, found, one, timezone.now()))


@login_required
def site(request: HttpRequest, customer: str, place: UUID | None = None) -> HttpResponse:
    """A new place, or a correction."""
    found = sought(request, customer)
    one = get_object_or_404(found.sites.select_related("customer"), pk=place) if place else None
    return shown(request, pages.site_form(request.user, found, one, timezone.now()))


@login_required
def merge(request: HttpRequest, customer: str) -> HttpResponse:
    """This customer is another one."""
    return shown(request, pages.merge_form(request.user, sought(request, customer), timezone.now()))


@login_required
@never_cache
def reveal(request: HttpRequest, customer: str, contact: UUID) -> HttpResponse:
    """A whole number, shown once for a reason."""
    found = sought(request, customer)
    one = get_object_or_404(found.contacts.select_related("customer"), pk=contact)
    form = pages.reveal_form(request.user, found, one, timezone.now())
    number = form.answered(request)
    context = form.context() | {"number": number, "grouped": phones.shown(number, one.extension, True)}
    return render(request, "casework/reveal.html", context, status=form.status)


@login_required
def find(request: HttpRequest) -> HttpResponse:
    """What a finding field offers: ``q`` as typed; ``to=phone:NAME`` names the field of the form a part goes into."""
    return render(request, "casework/found.html", {"options": pages.options(request, timezone.now(), spoken())})
