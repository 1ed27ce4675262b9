"""Changes to people, posts and outlets: each one transaction and one journal entry.

``by`` is the person acting, or None for the command line of the machine itself. ``at`` is the moment, aware.
Everything here raises the refusals of ``errors``; who may call is checked here, not in the pages.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bihuan.ground.ids import new_id
from bihuan.journal.actions import NewEntry, write
from bihuan.procedure.definition import Text

from . import access, outlet_tree, queries, sign_ins
from .errors import AlreadyThere, NotAllowed, WrongInput
from .models import SCOPES, Delegation, Holding, OutletKey, OutletTree, Person, PersonalToken, Skill

HOUSE = "house"
# a key lives a year at most
KEY_DAYS = 365
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
# words of addresses below /people/
RESERVED = ("new",)
USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,59}\Z")


def add_outlet(
    code: str, name: str, *, by: Person | None, at: datetime, parent: str = "", name_en: str = "", zone: str = ""
) -> OutletKey:
    """Open a key for an outlet under ``parent`` ("" = at the top). ``zone``: IANA name, the parent's by default."""
    with transaction.atomic():
        key = make_outlet_key(code, name, by=by, at=at, parent=parent, name_en=name_en, zone=zone)
        entry(key.code, "outlet", key.code, "add-outlet", by, at, {"code": code, "name": name, "parent": parent})
    return key


def make_outlet_key(
    code: str, name: str, *, by: Person | None, at: datetime, parent: str = "", name_en: str = "", zone: str = ""
) -> OutletKey:
    """The key alone, for an action that writes its own entry; runs in the caller's transaction."""
    managing(by)
    if not CODE.match(code) or code == HOUSE:
        raise WrongInput(
            Text("网点代码须为小写字母、数字和连字符", "An outlet code is small letters, digits, hyphens"), "code"
        )
    if not name.strip():
        raise WrongInput(Text("请填写网点名称", "Give the outlet a name"), "name")
    above = OutletKey.objects.filter(pk=parent).first() if parent else None
    if parent and above is None:
        raise WrongInput(Text(f"没有网点 {parent}", f"There is no outlet {parent}"), "parent")
    zone = zone or (above.zone if above else "Asia/Shanghai")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise WrongInput(Text(f"没有时区 {zone}", f"There is no zone {zone}"), "zone") from error
    if OutletKey.objects.filter(pk=code).exists():
        raise AlreadyThere(Text(f"网点 {code} 已存在", f"Outlet {code} is already there"), "code")
    key = OutletKey.objects.create(code=code, parent=above, name=name.strip(), name_en=name_en.strip(), zone=zone)
    OutletTree.objects.update_or_create(pk=1, defaults={"token": new_id(at)})
    outlet_tree.forget()
    transaction.on_commit(outlet_tree.forget)  # somebody may have read the old tree meanwhile
    return key


def add_person(
    username: str,
    name: str,
    password: str | None,
    *,
    by: Person | None,
    at: datetime,
    name_en: str = "",
    email: str = "",
    is_administrator: bool = False,
    language: str = "",
    is_service: bool = False,
) -> Person:
    """An account. ``password`` None = cannot sign in yet. Raises WrongInput for a weak password, with the reasons.

    ``is_service``: a program, which has keys and posts but neither password nor administration.
    """
    managing(by)
    if is_service and (is_administrator or password is not None):
        words = Text("服务账号没有密码，也不能当管理员", "A service account has no password and administers nothing")
        raise WrongInput(words, "is_administrator")
    username = username.strip().lower()
    if not USERNAME.match(username) or username in RESERVED:
        raise WrongInput(
            Text("账号须为小写字母、数字或 . _ @ -", "A username is small letters, digits, . _ @ -"), "username"
        )
    if not name.strip():
        raise WrongInput(Text("请填写姓名", "Give the person a name"), "name")
    person = Person(
        id=new_id(at),
        username=username,
        name=name.strip(),
        name_en=name_en.strip(),
        email=email.strip(),
        is_administrator=is_administrator,
        language=language,
        is_service=is_service,
    )
    take_password(person, password)
    content = {"username": username, "name": person.name, "administrator": is_administrator}
    content |= {"service": True} if is_service else {}
    try:
        with transaction.atomic():
            person.save(force_insert=True)
            entry(HOUSE, "person", str(person.pk), "add-person", by, at, content)
    except IntegrityError as error:
        if Person.objects.filter(username=username).exists():
            raise AlreadyThere(Text(f"账号 {username} 已存在", f"{username} is already there"), "username") from error
        raise
    return person


def give_post(
    person: Person,
    post: str,
    outlet: str,
    *,
    by: Person | None,
    at: datetime,
    start: date | None = None,
    end: date | None = None,
) -> Holding:
    """``person`` holds ``post`` at ``outlet`` ("" = everywhere) from ``start`` (today) to ``end`` (open), inclusive."""
    managing(by)
    start = start or queries.day_of(at)
    _days_in_order(start, end)
    if not post.strip():
        raise WrongInput(Text("请选择岗位", "Choose a post"), "post")
    if outlet and not OutletKey.objects.filter(pk=outlet).exists():
        raise WrongInput(Text(f"没有网点 {outlet}", f"There is no outlet {outlet}"), "outlet")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # two at once would both find no overlap
        same = Holding.objects.filter(person=person, post=post, outlet=outlet or None)
        if any((end is None or one.start <= end) and (one.end is None or one.end >= start) for one in same):
            raise AlreadyThere(Text("这段时间已任此岗", "This post is held in that time already"), "post")
        holding = Holding.objects.create(
            id=new_id(at), person=person, post=post, outlet_id=outlet or None, start=start, end=end
        )
        content = {"person": person.username, "post": post, "outlet": outlet, "from": str(start), "to": _text(end)}
        entry(outlet or HOUSE, "person", str(person.pk), "give-post", by, at, content)
    queries.forget_held(person)
    return holding


def end_post(holding: Holding, last_day: date, *, by: Person | None, at: datetime, reason: str = "") -> Holding:
    """The post ends with ``last_day``. All sessions and personal tokens of the person end at once."""
    managing(by)
    with transaction.atomic():
        held = Holding.objects.select_for_update().select_related("person").get(pk=holding.pk)
        if last_day < held.start:
            raise WrongInput(Text("止日早于起日", "The last day lies before the first"), "end")
        held.end, held.over_at = last_day, None
        held.save(update_fields=["end", "over_at"])
        close_doors(held.person, at)
        content = {"person": held.person.username, "post": held.post, "outlet": held.place, "to": str(last_day)}
        content["reason"] = reason
        entry(held.place or HOUSE, "person", str(held.person_id), "end-post", by, at, content)
    holding.end = last_day
    queries.forget_held(holding.person)
    return held


def add_skill(
    person: Person, name: str, *, by: Person | None, at: datetime, start: date | None = None, until: date | None = None
) -> Skill:
    """``person`` may do this kind of work from ``start`` (today) to ``until`` (open), both days counted."""
    managing(by)
    start = start or queries.day_of(at)
    _days_in_order(start, until)
    if not name.strip():
        raise WrongInput(Text("请填写资格名称", "Name the skill"), "name")
    with transaction.atomic():
        skill = Skill.objects.create(id=new_id(at), person=person, name=name.strip(), start=start, until=until)
        content = {"person": person.username, "skill": skill.name, "from": str(start), "to": _text(until)}
        entry(HOUSE, "person", str(person.pk), "add-skill", by, at, content)
    return skill


def delegate(
    giver: Person,
    taker: Person,
    posts: Iterable[str],
    start: date,
    until: date,
    reason: str,
    *,
    by: Person | None,
    at: datetime,
) -> Delegation:
    """``taker`` acts in these posts of ``giver`` for these days. Only the giver or an administrator may lend.

    What the giver has only been lent cannot be passed on: a post the giver does not hold is refused.
    """
    if by is None or by.pk != giver.pk:
        managing(by)
    _days_in_order(start, until)
    lent = sorted(set(posts))
    if not reason.strip():
        raise WrongInput(Text("请说明代办原因", "Say why"), "reason")
    if not taker.is_active or taker.is_service:
        raise WrongInput(Text("受托人的账号不能用", "The taker's account cannot be used"), "taker")
    if giver.pk == taker.pk:
        raise WrongInput(Text("不能委托给自己", "One cannot act for oneself"), "taker")
    own = set(
        Holding.objects.filter(person=giver, start__lte=until).exclude(end__lt=start).values_list("post", flat=True)
    )
    foreign = [post for post in lent if post not in own]
    if foreign or not lent:
        words = Text(f"委托人未任此岗：{'、'.join(foreign)}", f"The giver does not hold: {', '.join(foreign)}")
        raise WrongInput(words, "posts")
    if until < queries.day_of(at):
        raise WrongInput(Text("委托的日子已经过去", "These days are over already"), "until")
    with transaction.atomic():
        made = Delegation.objects.create(
            id=new_id(at), giver=giver, taker=taker, posts=lent, start=start, until=until, reason=reason.strip()
        )
        content: dict[str, Any] = {"giver": giver.username, "taker": taker.username, "posts": lent}
        content |= {"from": str(start), "to": str(until), "reason": made.reason}
        entry(HOUSE, "person", str(giver.pk), "delegate", by, at, content)
    queries.forget_held(taker)
    return made


def set_password(person: Person, password: str, *, by: Person | None, at: datetime) -> None:
    """A new password, by the person or an administrator. Every session and token of the person ends."""
    if by is None or by.pk != person.pk:
        managing(by)
    no_program(person)
    take_password(person, password)
    with transaction.atomic():
        person.password_once = False
        person.save(update_fields=["password", "password_once"])
        close_doors(person, at)
        entry(HOUSE, "person", str(person.pk), "set-password", by, at, {"person": person.username})


def set_preferences(person: Person, *, language: str, theme: str, density: str) -> None:
    """How the pages look for this person. Not an act: the book stays as it is."""
    person.language, person.theme, person.density = language, theme, density
    person.save(update_fields=["language", "theme", "density"])


def sign_out_everywhere(person: Person, *, by: Person | None, at: datetime) -> None:
    """End all sessions and tokens of the person."""
    if by is None or by.pk != person.pk:
        managing(by)
    with transaction.atomic():
        close_doors(person, at)
        entry(HOUSE, "person", str(person.pk), "sign-out-everywhere", by, at, {"person": person.username})


def make_token(
    person: Person,
    *,
    by: Person | None,
    at: datetime,
    label: str = "",
    days: int = 90,
    scopes: Iterable[str] = SCOPES,
) -> str:
    """A key for the API; returned once, only its digest is kept. At most 365 days.

    One's own is made by oneself or an administrator; a program's (``is_service``) by administrators only.
    """
    if by is None or by.pk != person.pk:
        managing(by)
    if not 1 <= days <= KEY_DAYS:
        raise WrongInput(Text("有效期为 1 至 365 天", "A key lives 1 to 365 days"), "days")
    wanted = [one for one in SCOPES if one in set(scopes)]
    foreign = sorted(set(scopes) - set(SCOPES))
    if foreign or not wanted:
        words = Text(f"没有这个范围：{'、'.join(foreign)}", f"There is no scope {', '.join(foreign)}")
        raise WrongInput(words if foreign else Text("请至少选一个范围", "Choose a scope"), "scopes")
    if not person.is_active:
        raise WrongInput(Text("账号已停用", "The account is closed"), "label")
    key = "bh_" + secrets.token_urlsafe(32)
    until = at + timedelta(days=days)
    kind = PersonalToken.SERVICE if person.is_service else PersonalToken.PERSONAL
    with transaction.atomic():
        PersonalToken.objects.create(
            id=new_id(at), person=person, label=label[:80], digest=queries.token_digest(key), kind=kind,
            scopes=wanted, created=at, until=until,
        )  # fmt: skip
        content = {"person": person.username, "label": label[:80], "kind": kind, "scopes": wanted}
        entry(HOUSE, "person", str(person.pk), "make-token", by, at, content | {"until": until.isoformat()})
    return key


def managing(by: Person | None) -> None:
    """Raise NotAllowed unless ``by`` is an administrator or the machine's own command line (None)."""
    if by is not None and not access.may_manage_people(by):
        raise NotAllowed(Text("只有管理员可以办理", "Only an administrator may do this"))


def no_program(person: Person) -> None:
    """Raise WrongInput where ``person`` is a program: it has keys, never a password, an app or administration."""
    if person.is_service:
        words = Text("服务账号只用密钥，不能登录", "A service account has keys only and cannot sign in")
        raise WrongInput(words, "password")


def entry(
    chain: str,
    about: str,
    about_id: str,
    verb: str,
    by: Person | None,
    at: datetime,
    content: dict[str, Any],
) -> None:
    """One entry in the book about people, outlets or documents; last statement of the caller's transaction."""
    write(
        NewEntry(
            chain=chain,
            about_kind=about,
            about_id=about_id,
            verb=verb,
            doer_kind="person" if by else "command",
            doer=by.username if by else "",
            done_at=at,
            recorded_at=at,
            content={"answers": content},
        )
    )


def take_password(person: Person, password: str | None) -> None:
    if password is None:
        person.set_unusable_password()
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        reasons = "".join(str(one) for one in error.messages)
        raise WrongInput(
            Text(f"密码不合要求：{reasons}", f"The password will not do: {reasons}"), "password"
        ) from error
    person.set_password(password)


def close_doors(person: Person, at: datetime) -> None:
    """End every session and token of the person from ``at``; in the caller's transaction."""
    close_sessions(person, at)
    PersonalToken.objects.filter(person=person, revoked__isnull=True).update(revoked=at)


def close_sessions(person: Person, at: datetime) -> None:
    """End every session of the person from ``at``; in the caller's transaction."""
    Person.objects.filter(pk=person.pk).update(sessions_from=at)
    person.sessions_from = at
    sign_ins.end_all(person, at)


def _days_in_order(start: date, end: date | None) -> None:
    if end is not None and end < start:
        raise WrongInput(Text("止日早于起日", "The last day lies before the first"), "end")


def _text(day: date | None) -> str:
    return str(day) if day else ""
