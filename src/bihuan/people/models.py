"""Who there is, which posts they hold on which days and where, and what they are able to do."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A UUIDv7: sorts by the moment it was made."""
    return uuid7()


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """An account. What somebody may do never hangs on the account itself, only on the posts held that day."""

    THEMES: ClassVar = [("", "跟随系统"), ("light", "浅色"), ("dark", "深色")]
    DENSITIES: ClassVar = [("compact", "紧凑"), ("standard", "标准"), ("roomy", "宽松")]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True, default="")
    theme = models.CharField(max_length=10, blank=True, default="", choices=THEMES)
    density = models.CharField(max_length=10, blank=True, default="standard", choices=DENSITIES)
    # The password was handed out by somebody else: good only for choosing one's own.
    password_once = models.BooleanField(default=False, db_default=False)
    # Sessions that began before this moment are over: "sign out everywhere", or a post that ended.
    sessions_from = models.DateTimeField(null=True, blank=True)
    # A program that uses the API with keys of its own; nobody signs in as it.
    is_service = models.BooleanField(default=False, db_default=False)
    # The last day of somebody who leaves, counted; the account closes after it.
    last_day = models.DateField(null=True, blank=True)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(username=Lower("username")), name="person_lower"),
            models.CheckConstraint(
                # "!" begins what is no password
                condition=models.Q(is_service=False) | models.Q(("password__startswith", "!"), is_administrator=False),
                name="service_without_password",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def called(self, language: str) -> str:
        """The name in the reader's language; the Chinese one where no other was given."""
        return self.name_en if language == "en" and self.name_en else self.name


class OutletKey(models.Model):
    """The key by which everything is scoped: a code and its parent. What an outlet *is* stands in registers.outlets."""

    code = models.CharField(max_length=40, primary_key=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True, default="")
    zone = models.CharField(max_length=60, default="Asia/Shanghai")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(code="") & ~models.Q(parent=models.F("code")), name="outlet_own")
        ]

    def __str__(self) -> str:
        return self.name


class OutletTree(models.Model):
    """One row. Its token changes with every change of the tree, so that each process knows its copy is old."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=new_id)


class Holding(models.Model):
    """A person holds a post at an outlet (none = everywhere) from the first to the last day, both counted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings")
    post = models.CharField(max_length=60)
    outlet = models.ForeignKey(OutletKey, null=True, blank=True, on_delete=models.PROTECT, related_name="holdings")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    # when sessions and keys were closed because the last day had passed; a post made longer is not over any more
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")), name="holding_days"
            ),
            models.UniqueConstraint(
                fields=["person", "post", "outlet", "start"], nulls_distinct=False, name="holding_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["post", "outlet"], name="holding_of_post"),
            models.Index(fields=["end"], condition=models.Q(over_at__isnull=True), name="holding_ending"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.post}@{self.place or '*'}"

    @property
    def place(self) -> str:
        """The outlet's code, "" for everywhere."""
        return self.outlet_id or ""


class Skill(models.Model):
    """Something a person may do with their hands from one day to another: a certificate, a training."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="skills")
    name = models.CharField(max_length=80)
    start = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("start")), name="skill_days"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["person", "name"], name="skill_of_person")]


class Delegation(models.Model):
    """For some days ``taker`` acts in these posts of ``giver``. It covers what the giver holds, never what was lent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="given")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="taken")
    posts = ArrayField(models.CharField(max_length=60))
    start = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("start")), name="delegation_days"),
            models.CheckConstraint(condition=~models.Q(giver=models.F("taker")), name="delegation_to_another"),
        ]


SCOPES = ("read", "act", "registers", "exports")


def all_scopes() -> list[str]:
    """What a key may do unless somebody narrowed it."""
    return list(SCOPES)


class PersonalToken(models.Model):
    """A key for the API that stands for one person or one program. Only its digest is stored; the key is shown once."""

    PERSONAL, SERVICE = "personal", "service"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, default=PERSONAL, db_default=PERSONAL)
    scopes = ArrayField(models.CharField(max_length=10), default=all_scopes, db_default=list(SCOPES))
    created = models.DateTimeField()
    until = models.DateTimeField()
    last_used = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["personal", "service"]), name="token_kind"),
            models.CheckConstraint(condition=models.Q(scopes__contained_by=list(SCOPES)), name="token_scopes"),
        ]


class AppCode(models.Model):
    """The secret an authenticator app counts its six figures from, encrypted; of use once a first code was right."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="app_code")
    secret = models.TextField()
    created = models.DateTimeField()
    confirmed = models.DateTimeField(null=True)
    # the half minute of the newest code taken, counted from 1970: no code of it or before it is taken again
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """One of ten ways in without the device, each good once. Only the digest is stored; a trigger keeps ``used``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "digest"], name="recovery_once")]


class Passkey(models.Model):
    """A security key or passkey: the public half, and how often it says it has signed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="passkeys")
    label = models.CharField(max_length=80)
    credential = models.BinaryField()
    identity = models.CharField(max_length=400, unique=True)
    counter = models.BigIntegerField(default=0)
    created = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    # the moment it was touched for a signature that was not given yet
    proof = models.DateTimeField(null=True)


class Invitation(models.Model):
    """A link good once for choosing one's first password. Only its digest is stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField()
    until = models.DateTimeField()
    by = models.CharField(max_length=60, blank=True)
    mailed = models.BooleanField(default=False)
    taken = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(taken=None, revoked=None), name="invitation_open_once"
            ),
            models.CheckConstraint(condition=models.Q(taken=None) | models.Q(revoked=None), name="invitation_one_end"),
        ]


class OutsideIdentity(models.Model):
    """Who the organisation's own sign-in says this person is: its address and the name it never changes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    linked = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="outside_of_one"),
            models.UniqueConstraint(fields=["person", "issuer"], name="outside_once"),
        ]


class SignIn(models.Model):
    """That somebody came in: when, from where, with what; and the session, for as long as it is open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField()
    address = models.CharField(max_length=64)
    device = models.CharField(max_length=120, blank=True)
    way = models.CharField(max_length=20)
    session = models.CharField(max_length=40, blank=True, db_index=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "at"], name="sign_in_of_person")]


class SignInAttempt(models.Model):
    """One wrong try. Too many of them for one account or from one address close the door for a while."""

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=60)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["username", "at"], name="attempt_of_account"),
            models.Index(fields=["address", "at"], name="attempt_of_address"),
        ]


class Withheld(models.Model):
    """That the work of this number is kept only because it has to be: its rows in any register are read by few."""

    number = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.number
