"""``python -m tests.kept.erasing``, run inside a kept house: some customer is erased; prints whom."""

from __future__ import annotations

import json
import sys

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from django.utils import timezone  # noqa: E402

from bihuan.casework.models import Mark  # noqa: E402
from bihuan.casework.privacy import actions  # noqa: E402
from bihuan.casework.privacy.errors import Hindered  # noqa: E402
from bihuan.casework.privacy.models import Order, Request  # noqa: E402
from bihuan.people.models import Person  # noqa: E402
from bihuan.registers.customers.models import Customer  # noqa: E402


def erase() -> dict[str, str]:
    """The first customer without a case under way: whom the demonstration leaves in peace differs from day to day."""
    spoken_of = Mark.objects.filter(kind="customer").values("value")
    by = Person.objects.get(username="admin")
    for customer in Customer.objects.exclude(name__in=spoken_of).order_by("name"):
        told = {"customer": customer.name}
        request = actions.ask(Request.ERASURE, customer, None, "出示身份证", by=by, at=timezone.now(), namesakes=True)
        try:
            order = actions.order_erasure(request, by=by, at=timezone.now())
        except Hindered:
            continue
        actions.carry_out(order.pk, timezone.now())
        return {**told, "state": Order.objects.get(pk=order.pk).state}
    raise SystemExit("every customer has a case under way")


if __name__ == "__main__":
    json.dump(erase(), sys.stdout)
