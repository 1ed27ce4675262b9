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

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(username=Lower("username")), name="person_lower")
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

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")), name="holding_days"
            ),
            models.UniqueConstraint(
                fields=["person", "post", "outlet", "start"], nulls_distinct=False, name="holding_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["post", "outlet"], name="holding_of_post")]

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


class PersonalToken(models.Model):
    """A key for the API that stands for one person. Only its digest is stored; the key is shown once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField()
    until = models.DateTimeField()
    last_used = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)


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
