"""The questions of this room's pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bihuan.layout.frames import Question

from .models import Person


def entry_questions(username: str = "") -> list[Question]:
    """What the door asks. The password is never sent back."""
    return [
        Question("username", _("账号"), value=username, required=True, autocomplete="username"),
        Question("password", _("密码"), "password", required=True, autocomplete="current-password"),
    ]


def look_questions(person: Person) -> list[Question]:
    """Language, theme and density of this person's pages."""
    languages = [("", _("跟随浏览器")), ("zh-hans", "中文"), ("en", "English")]
    themes = [("", _("跟随系统")), ("light", _("浅色")), ("dark", _("深色"))]
    densities = [("compact", _("紧凑")), ("standard", _("标准")), ("roomy", _("宽松"))]
    return [
        Question("language", _("界面语言"), "choice", value=person.language, choices=languages),
        Question("theme", _("明暗"), "choice", value=person.theme, choices=themes),
        Question("density", _("疏密"), "choice", value=person.density, choices=densities),
    ]


def password_questions() -> list[Question]:
    """The old password once, the new one twice."""
    return [
        Question("old", _("现在的密码"), "password", required=True, autocomplete="current-password"),
        Question(
            "password",
            _("新密码"),
            "password",
            required=True,
            autocomplete="new-password",
            help=_("至少 10 个字符，不用常见密码"),
        ),
        Question("again", _("再输一次新密码"), "password", required=True, autocomplete="new-password"),
    ]


def token_questions() -> list[Question]:
    """What a personal token is for and how long it lives."""
    return [
        Question("label", _("用途"), required=True),
        Question("days", _("有效天数"), "number", required=True, value="90"),
    ]


def problems_of(questions: list[Question]) -> list[tuple[str, str]]:
    """(anchor, words) of every error, for the summary on top of a form."""
    return [(question.name, f"{question.label}：{words}") for question in questions for words in question.errors]
