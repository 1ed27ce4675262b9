"""Taking back what one has just decided: where the document has an act that undoes it, and nothing followed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.procedure.deciding import agreeing

from .. import reading
from ..definitions import definition_for
from ..models import Case
from .words import act_title

SECONDS = 60
"""How long the bar stays. The act itself stays on the case's page as long as its text allows it."""


@dataclass(frozen=True)
class Recall:
    """What was done last and the act that takes it back; ``fields`` are sent with it, ``form``: it asks something."""

    words: str
    label: str
    address: str
    fields: SafeString
    form: str = ""
    seconds: int = SECONDS


def has_recall(case: Case, action: str) -> bool:
    """Whether the case's text has an act that takes ``action`` back."""
    return any(act.undoes == action for act in definition_for(case).acts.values())


def recall_of(person: Person, case: Case, at: datetime, language: str) -> Recall | None:
    """The way back from what ``person`` did last in ``case``; None where the text has none, or something followed."""
    definition, newest = definition_for(case), case.state.newest
    if case.state.doers.get(newest, ("",))[0] != person.username:
        return None
    allowed = {offer.act for offer in reading.offers(person, case, at) if offer.allowed}
    act = next((one for one in definition.acts.values() if one.undoes == newest and one.name in allowed), None)
    if act is None:
        return None
    fields = format_html(
        '<input type="hidden" name="_id" value="{}"><input type="hidden" name="_expect" value="{}">'
        '<input type="hidden" name="_action" value="{}"><input type="hidden" name="_next" value="{}">',
        new_id(at), case.revision, act.name, case.number,
    )  # fmt: skip
    asks = agreeing(definition, act) != {}
    return Recall(
        words=_("已办：%(title)s · %(number)s")
        % {"title": act_title(definition, newest, language), "number": case.number},
        label=act.title.say(language),
        address=f"/approvals/{case.number}/",
        fields=fields,
        form=f"/cases/{case.number}/acts/{act.name}/" if asks else "",
    )
