"""People: accounts with a post, an outlet, a skill. They cannot sign in until somebody gives them a password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError

from bihuan.people import actions as people_actions
from bihuan.people import queries as people
from bihuan.people.actions import HOUSE, USERNAME
from bihuan.people.models import Holding, Person, Skill
from bihuan.procedure.definition import Text
from bihuan.registers.documents import queries as documents

from ..errors import ImportRefusal
from . import parsing
from .base import Context, ImportColumn, Made, Parsed, Problem


def _column(code: str, zh: str, en: str, parser: Any, aliases: tuple[str, ...] = (), **more: Any) -> ImportColumn:
    return ImportColumn(code, Text(zh, en), parser, aliases, **more)


COLUMNS = (
    _column("username", "账号", "Username", parsing.text_of(60), ("登录名", "用户名", "工号", "login", "account"),
            must=True, example="wang.li"),
    _column("name", "姓名", "Name", parsing.text_of(80), ("名字", "full name", "员工姓名"), must=True, example="王丽"),
    _column("name-en", "英文名", "English name", parsing.text_of(80), ("english",), example="Wang Li"),
    _column("email", "邮箱", "E-mail", parsing.email, ("电子邮件", "邮件", "email", "mail"), example="w@example.com"),
    _column("post", "岗位", "Post", parsing.text_of(80), ("职务", "职位", "position", "job title")),
    _column("outlet", "网点代码", "Outlet code", parsing.text_of(40), ("网点", "部门", "outlet")),
    _column("start", "任岗日期", "In post from", parsing.day, ("入职日期", "start date", "from"), shown_as="date",
            example="2024-03-01"),
    _column("skill", "资格", "Skill", parsing.text_of(80), ("技能", "证书", "certificate")),
    _column("skill-until", "资格到期", "Skill until", parsing.day, ("证书有效期", "到期日", "valid until", "expires"),
            shown_as="date"),
)  # fmt: skip


class StaffChecker:
    """Accounts once, posts and outlets that exist."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.posts: dict[str, str] | None = None
        self.outlets = set(people.outlet_codes())

    def __call__(self, rows: Sequence[Parsed], context: Context) -> list[Problem]:
        if self.posts is None:
            self.posts = posts_by_words(context)
        found: list[Problem] = []
        names = [row.values["username"].lower() for row in rows]
        there = set(Person.objects.filter(username__in=names).values_list("username", flat=True))
        for row in rows:
            found += self._account(row, there)
            found += self._post(row)
        return found

    def _account(self, row: Parsed, there: set[str]) -> list[Problem]:
        username = row.values["username"] = row.values["username"].lower()
        first = self.seen.setdefault(username, row.number)
        if not USERNAME.match(username):
            words = Text("账号须为小写字母、数字或 . _ @ -", "A username is small letters, digits, . _ @ -")
            return [Problem(row.number, "username", words, "username")]
        if first != row.number:
            return [Problem(row.number, "twice", Text("账号在本文件中重复", "Stands in this file twice"), "username")]
        if username in there:
            row.fate = "skip"
            words = Text("账号已存在，跳过", "The account is there already: passed over")
            return [Problem(row.number, "known", words, "username", "skip")]
        return []

    def _post(self, row: Parsed) -> list[Problem]:
        found = []
        post, outlet = row.get("post"), row.get("outlet")
        if post:
            known = (self.posts or {}).get(post.casefold())
            if known is None:
                words = Text(f"没有岗位“{post}”", f"There is no post “{post}”")
                found.append(Problem(row.number, "no-post", words, "post"))
            else:
                row.values["post"] = known
        if outlet and outlet not in self.outlets:
            words = Text(f"没有网点“{outlet}”", f"There is no outlet “{outlet}”")
            found.append(Problem(row.number, "no-outlet", words, "outlet"))
        if outlet and not post:
            words = Text("有网点而没有岗位，网点不起作用", "An outlet without a post has no effect")
            found.append(Problem(row.number, "no-post", words, "post", "warning"))
        return found


def posts_by_words(context: Context) -> dict[str, str]:
    """Every way a post of the pack in force may be written → its name."""
    current = documents.current_pack(context.at)
    posts = current[1].posts.values() if current else ()
    return {
        words.casefold(): post.name for post in posts for words in (post.name, post.title.zh, post.title.en) if words
    }


class Staff:
    """See the module. The actions of people are used as they are: an entry for each account and each post."""

    name = "people"
    title = Text("人员", "People")
    columns = COLUMNS
    # accounts are kept by administrators alone
    roles: frozenset[str] = frozenset()

    def checker(self) -> StaffChecker:
        return StaffChecker()

    def prepare(self, context: Context) -> None:
        """Nothing: people need nothing before them."""

    def commit(self, rows: Sequence[Parsed], context: Context) -> Made:
        made = Made()
        names = [row.values["username"] for row in rows]
        there = set(Person.objects.filter(username__in=names).values_list("username", flat=True))
        for row in rows:
            if row.values["username"] in there:
                made.skipped += 1
                continue
            made.made.append(str(self._add(row, context).pk))
            made.new += 1
        return made

    @staticmethod
    def _add(row: Parsed, context: Context) -> Person:
        who = {"by": context.by, "at": context.at}
        person = people_actions.add_person(
            row.values["username"],
            row.values["name"],
            None,
            name_en=row.get("name-en"),
            email=row.get("email"),
            **who,
        )
        if row.get("post"):
            start = date.fromisoformat(row.get("start")) if row.get("start") else None
            people_actions.give_post(person, row.get("post"), row.get("outlet"), start=start, **who)
        if row.get("skill"):
            until = date.fromisoformat(row.get("skill-until")) if row.get("skill-until") else None
            people_actions.add_skill(person, row.get("skill"), until=until, **who)
        return person

    def undo(self, made: Sequence[Any], context: Context) -> None:
        people_actions.managing(context.by)
        persons = list(Person.objects.select_for_update().filter(pk__in=[UUID(one) for one in made]))
        used = next((one for one in persons if one.last_login or one.has_usable_password()), None)
        if used is not None:
            words = Text(f"{used.username} 已启用，不能撤销", f"{used.username} is in use: not taken back")
            raise ImportRefusal("built-upon", words)
        names = [one.username for one in persons]
        try:
            with transaction.atomic():
                Holding.objects.filter(person__in=persons).delete()
                Skill.objects.filter(person__in=persons).delete()
                Person.objects.filter(pk__in=[one.pk for one in persons]).delete()
        except ProtectedError as error:
            words = Text("有记录以这些人员为依据", "Records rest on these people")
            raise ImportRefusal("built-upon", words) from error
        content = {"kind": self.name, "usernames": names}
        people_actions.entry(HOUSE, "import", str(context.id), "reverse-import", context.by, context.at, content)
