"""Where people can be reached, and every letter's way to each of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bihuan.journal.models import Letter
from bihuan.people.models import OutletKey, Person, new_id

IN_APP = "in-app"
CHANNELS: tuple[tuple[str, str], ...] = (
    ("mail", "邮件"),
    ("wecom", "企业微信机器人"),
    ("dingtalk", "钉钉机器人"),
    ("feishu", "飞书机器人"),
    ("other", "其他（apprise 地址）"),
)


class Address(models.Model):
    """A way to reach one person, or a team's robot: whoever holds ``post`` at ``outlet`` is told there.

    ``digest_minutes`` 0 = at once, else what came in that time goes as one message. Between ``quiet_from`` and
    ``quiet_until`` (site's zone; may pass midnight) nothing is sent, but what the clock found late where
    ``urgent_through`` says so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="addresses")
    post = models.CharField(max_length=60, blank=True, default="")
    outlet = models.ForeignKey(OutletKey, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=12, choices=CHANNELS)
    # an e-mail address, a robot's key, or a whole apprise address; never shown whole again
    target = models.CharField(max_length=400)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    digest_minutes = models.PositiveIntegerField(default=0)
    urgent_through = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, post="")
                | (models.Q(person__isnull=True) & ~models.Q(post="")),
                name="address_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="address_quiet",
            ),
            models.CheckConstraint(condition=models.Q(digest_minutes__lte=24 * 60), name="address_digest"),
            models.CheckConstraint(condition=~models.Q(target=""), name="address_target"),
        ]
        indexes: ClassVar = [models.Index(fields=["post", "outlet"], name="address_team")]

    def __str__(self) -> str:
        return f"{self.channel} {self.shown}"

    @property
    def shown(self) -> str:
        """Enough to tell it from another, not enough to use it."""
        if self.channel == "mail" and "@" in self.target:
            name, _at, host = self.target.partition("@")
            return f"{name[:2]}***@{host}"
        return f"{self.target[:4]}***{self.target[-2:]}" if len(self.target) > 8 else "***"


class Notice(models.Model):
    """One letter on one way. Without an address it is shown in the house, read or unread."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    letter = models.ForeignKey(Letter, models.CASCADE, related_name="notices")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="notices")
    address = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="notices")
    channel = models.CharField(max_length=12)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    next_try = models.DateTimeField()
    last_error = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["letter", "person", "address", "channel"], nulls_distinct=False, name="notice_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try", "id"], name="notice_due", condition=models.Q(state="waiting")),
            models.Index(fields=["person", "-id"], name="notice_in_app", condition=models.Q(channel="in-app")),
            models.Index(
                fields=["person"], name="notice_unread", condition=models.Q(channel="in-app", read_at__isnull=True)
            ),
            models.Index(fields=["address", "-id"], name="notice_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
