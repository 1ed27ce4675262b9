"""Keys for the API: personal ones, and those of programs (``actions.make_token`` makes both); scopes say what for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from bihuan.procedure.definition import Text

from . import queries
from .actions import HOUSE, entry, managing
from .errors import ScopeMissing, WrongInput
from .models import Person, PersonalToken


def revoke(key: PersonalToken, *, by: Person | None, at: datetime) -> None:
    """The key opens nothing from now on. By its owner or an administrator."""
    if by is None or by.pk != key.person_id:
        managing(by)
    with transaction.atomic():
        kept = PersonalToken.objects.select_for_update().select_related("person").get(pk=key.pk)
        if kept.revoked is not None:
            raise WrongInput(Text("这把密钥已经撤销", "This key is revoked already"), "key")
        kept.revoked = at
        kept.save(update_fields=["revoked"])
        content = {"person": kept.person.username, "label": kept.label, "kind": kept.kind}
        entry(HOUSE, "person", str(kept.person_id), "revoke-token", by, at, content)


def of(person: Person, at: datetime) -> list[PersonalToken]:
    """The keys of ``person`` still good at ``at``, the newest first."""
    return list(PersonalToken.objects.filter(person=person, revoked=None, until__gt=at).order_by("-created"))


def every(at: datetime, limit: int = 500) -> list[PersonalToken]:
    """Every key still good at ``at``: programs' first, then people's, the one that ends first on top."""
    good = PersonalToken.objects.filter(revoked=None, until__gt=at, person__is_active=True).select_related("person")
    return list(good.order_by("-kind", "until", "id")[:limit])


def require(request: HttpRequest, scope: str) -> None:
    """Raise ScopeMissing where the request came with a key that lacks ``scope``. A session has all of them."""
    carried = getattr(request, "scopes", None)
    if carried is not None and scope not in carried:
        words = Text(f"密钥没有“{scope}”范围", f"The key has no scope “{scope}”")
        raise ScopeMissing(words, "scopes")


def used(key: str, at: datetime) -> None:
    """Note when a key was last used, at most once an hour, so that reading does not become writing."""
    stale = Q(last_used__isnull=True) | Q(last_used__lt=at - timedelta(hours=1))
    PersonalToken.objects.filter(stale, digest=queries.token_digest(key)).update(last_used=at)
