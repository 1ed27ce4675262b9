"""What a contact agreed to, in which words; taking it back is one act, as giving it was (PIPL 15)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from ..errors import AlreadyThere, WrongInput
from ..models import Consent, ConsentText, Contact
from ..queries import consents_of, normal
from ..rights import governing, keeping
from .keeping import about, locked
from .writing import entry, filled

HOUSE = "house"


def add_text(purpose: str, version: str, text: str, *, by: Person | None, at: datetime) -> ConsentText:
    """A new version of the words for one purpose; earlier consents keep theirs. Raises NotAllowed, AlreadyThere."""
    governing(by, at)
    purpose = filled(normal(purpose), "purpose", 80, Text("请填写用途", "Say what for"))
    version = filled(normal(version), "version", 40, Text("请填写版本", "Give the version"))
    text = filled(normal(text), "text", 4000, Text("请填写告知与同意的文字", "Give the words"))
    with transaction.atomic():
        if ConsentText.objects.filter(purpose=purpose, version=version).exists():
            raise AlreadyThere(Text("这一版已有", "This version is there already"), "version")
        made = ConsentText.objects.create(
            id=new_id(at), purpose=purpose, version=version, text=text, made_by=by.username if by else "", made_at=at
        )
        told = {"purpose": purpose, "version": version, "text": text}
        entry(HOUSE, ("consent-text", made.pk, ""), "add-consent-text", by, at, told)
    return made


def give(contact: Contact, text: ConsentText, way: str, *, by: Person | None, at: datetime) -> Consent:
    """The contact agreed to ``text``. Raises NotAllowed, WrongInput, AlreadyThere."""
    return _said(contact, text, Consent.GIVEN, way, by, at)


def withdraw(contact: Contact, text: ConsentText, way: str, *, by: Person | None, at: datetime) -> Consent:
    """The contact took back what stands given for this purpose. Raises NotAllowed, WrongInput, AlreadyThere."""
    return _said(contact, text, Consent.WITHDRAWN, way, by, at)


def _said(contact: Contact, text: ConsentText, state: str, way: str, by: Person | None, at: datetime) -> Consent:
    keeping(by, contact.customer.outlet, at)
    if way not in Consent.WAYS:
        raise WrongInput(Text("请选择方式", "Choose the way"), "way")
    with transaction.atomic():
        customer = locked(contact.customer_id)
        newest = consents_of(contact).get(text.purpose)
        given = newest is not None and newest.state == Consent.GIVEN
        if state == Consent.WITHDRAWN and not given:
            raise AlreadyThere(Text("没有可以撤回的同意", "There is no consent to take back"), "text")
        if state == Consent.GIVEN and given and newest is not None and newest.text_id == text.pk:
            raise AlreadyThere(Text("已经同意过这一版", "This version was agreed to already"), "text")
        made = Consent.objects.create(
            id=new_id(at), contact=contact, text=text, state=state, way=way, by=by.username if by else "", at=at
        )
        told = {"contact": str(contact.pk), "purpose": text.purpose, "version": text.version, "way": way}
        verb = "give-consent" if state == Consent.GIVEN else "withdraw-consent"
        entry(customer.outlet, about(customer), verb, by, at, told)
    return made
