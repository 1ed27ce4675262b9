"""What was tried and answered, and who is to be called now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from bihuan.people import access, scope, withheld
from bihuan.people.models import Person

from .models import Answer, Attempt, Survey
from .quiet import Span, is_quiet


@dataclass(frozen=True)
class Call:
    """A call that is due: the case, when it was to be, how many tries there were."""

    number: str
    outlet: str
    moment: datetime
    tries: int


def visible_to(person: Person, at: datetime) -> QuerySet[Answer]:
    """The answers about cases of outlets within this person's scope."""
    outlets = access.visible_outlets(person, at)
    found = Answer.objects.all() if outlets is None else Answer.objects.filter(outlet__in=outlets)
    return withheld.seen(found, person, at)


def attempts_of(number: str) -> list[Attempt]:
    """The tries of a case, oldest first. Whoever may see the case may see them."""
    return list(Attempt.objects.filter(number=number).order_by("at", "id"))


def attempts_of_many(numbers: Collection[str]) -> dict[str, list[Attempt]]:
    """The same for several cases in one statement; every number has its list."""
    found: dict[str, list[Attempt]] = {number: [] for number in numbers}
    for one in Attempt.objects.filter(number__in=list(found)).order_by("at", "id"):
        found[one.number].append(one)
    return found


def answers_of(number: str) -> list[Answer]:
    """The answers given about a case, oldest first."""
    return list(Answer.objects.filter(number=number).select_related("survey").order_by("at", "id"))


def next_call(number: str) -> datetime | None:
    """When the newest try says to call again; None once there are answers after it, or nothing was agreed."""
    last = Attempt.objects.filter(number=number).order_by("-at", "-id").first()
    if last is None or last.next is None or Answer.objects.filter(number=number, at__gte=last.at).exists():
        return None
    return last.next


def missed_since(morning: datetime, outlets: Collection[str] | None) -> int:
    """How many tries since ``morning`` reached nobody; ``outlets`` None = everywhere."""
    found = Attempt.objects.filter(at__gte=morning).exclude(result=Attempt.REACHED)
    return (found if outlets is None else found.filter(outlet__in=list(outlets))).count()


# nobody is called twice within days, whichever outlet called first: a moment is told, no case
@scope.everything()
def spoken_to_lately(contacts: Collection[str], at: datetime, within: timedelta) -> dict[str, datetime]:
    """Of these telephone numbers (E.164) those somebody was spoken to on ``within`` the time before, and when last."""
    wanted = [one for one in contacts if one]
    since = {"contact__in": wanted, "at__gt": at - within, "at__lte": at}
    spoken = Attempt.objects.filter(**since, result__in=[Attempt.REACHED, Attempt.REFUSED])
    found: dict[str, datetime] = {}
    for rows in (spoken, Answer.objects.filter(**since)):
        for contact, last in rows.values_list("contact").annotate(Max("at")):
            found[contact] = max(last, found.get(contact, last))
    return found


def due(
    outlets: Collection[str] | None,
    at: datetime,
    *,
    contacts: Mapping[str, str] | None = None,
    quiet: Sequence[Span] = (),
    zone: tzinfo | None = None,
    within: timedelta = timedelta(0),
) -> list[Call]:
    """The calls agreed for ``at`` or before, the earliest first; none in ``quiet`` hours.

    ``contacts``: case number → telephone number (E.164); without an entry the number last tried counts. Left out is who
    was spoken to ``within`` the time before, and of several cases of one number all but the earliest.
    """
    if is_quiet(at, quiet, zone or timezone.get_default_timezone()):
        return []
    newest = Attempt.objects.filter(number=OuterRef("number")).order_by("-at", "-id")
    rows = Attempt.objects.filter(next__lte=at, pk=Subquery(newest.values("pk")[:1]))
    rows = withheld.at_work(rows if outlets is None else rows.filter(outlet__in=list(outlets)))
    answered = Answer.objects.filter(number=OuterRef("number"), at__gte=OuterRef("at"))
    found = list(rows.exclude(Exists(answered)).order_by("next", "id"))
    tries = dict(
        Attempt.objects.filter(number__in=[one.number for one in found]).values_list("number").annotate(Count("id"))
    )
    phones = {one.number: (contacts or {}).get(one.number, one.contact) for one in found}
    seen = set(spoken_to_lately(set(phones.values()), at, within))
    calls: list[Call] = []
    for one in found:
        phone = phones[one.number]
        if phone and phone in seen:
            continue
        seen.add(phone)
        calls.append(Call(one.number, one.outlet, one.next, tries[one.number]))
    return calls


def survey_for(kind: str, code: str = "") -> Survey | None:
    """The newest version of ``code``, else of what is asked about that kind of service; None = there is none."""
    if code:
        return Survey.objects.filter(code=code).order_by("-version").first()
    return Survey.objects.filter(kind__in=[kind, ""]).order_by("-kind", "-made_at", "-version").first()
