"""Devices, the catalogue and terms of warranty: lists, the card, and every act as a form with its own address."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from bihuan.registers.customers.errors import OutOfSight
from bihuan.registers.products import queries
from bihuan.registers.products.models import Product, Unit
from bihuan.registers.warranty.models import Terms

from ..pages import devices as pages
from ..pages import terms as term_pages
from ..replies import spoken
from .customers import shown


def sought(request: HttpRequest, device: str) -> Unit:
    """The device of the address, or a 404 that does not tell whether it exists elsewhere."""
    try:
        return queries.find(request.user, device, timezone.now())
    except OutOfSight as error:
        raise Http404(error.words.say(spoken())) from error


@login_required
def device_list(request: HttpRequest) -> HttpResponse:
    """The list; its whole state stands in the address."""
    return render(request, "casework/devices.html", pages.listed(request, timezone.now(), spoken()))


@login_required
def device_page(request: HttpRequest, device: str) -> HttpResponse:
    """One device with warranty and history."""
    found = sought(request, device)
    return render(request, "casework/device.html", pages.card(request.user, found, timezone.now(), spoken()))


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A new device; ``?customer=`` names its owner."""
    return shown(request, pages.unit_form(request, None, timezone.now(), spoken()))


@login_required
def edit(request: HttpRequest, device: str) -> HttpResponse:
    """Another place or customer, dates put right, verified."""
    return shown(request, pages.unit_form(request, sought(request, device), timezone.now(), spoken()))


@login_required
def register(request: HttpRequest, device: str) -> HttpResponse:
    """From which day the warranty runs."""
    return shown(request, pages.register_form(request.user, sought(request, device), timezone.now()))


@login_required
def find(request: HttpRequest) -> HttpResponse:
    """What a finding field offers: ``q`` as typed; ``to=serial:NAME`` names the field of the form a part goes into."""
    return render(request, "casework/found.html", {"options": pages.options(request, timezone.now(), spoken())})


@login_required
def product_list(request: HttpRequest) -> HttpResponse:
    """The catalogue."""
    return render(request, "casework/products.html", pages.catalogue(request, timezone.now(), spoken()))


@login_required
def product(request: HttpRequest, product: UUID | None = None) -> HttpResponse:
    """A new model, or a correction of one."""
    one = get_object_or_404(Product, pk=product) if product else None
    return shown(request, pages.product_form(request.user, one, timezone.now()))


@login_required
def terms_list(request: HttpRequest) -> HttpResponse:
    """Terms of warranty with their validity."""
    return render(request, "casework/terms.html", term_pages.listed(request.user, timezone.now(), spoken()))


@login_required
def new_terms(request: HttpRequest) -> HttpResponse:
    """New terms."""
    return shown(request, term_pages.new_form(request.user, timezone.now(), spoken()))


@login_required
def end_terms(request: HttpRequest, terms: UUID) -> HttpResponse:
    """The day old terms end."""
    one = get_object_or_404(Terms, pk=terms)
    return shown(request, term_pages.end_form(request.user, one, timezone.now()))
