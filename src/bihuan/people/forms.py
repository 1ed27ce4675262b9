"""The questions of this room's pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bihuan.layout.context import say, short_language
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


def first_password_questions() -> list[Question]:
    """The first password, twice."""
    return password_questions()[1:]


def code_questions() -> list[Question]:
    """What is asked after the password."""
    words = _("验证器里的 6 位数字；设备不在手边时填一个恢复码")
    return [Question("code", _("验证码"), required=True, autocomplete="one-time-code", help=words)]


def app_questions() -> list[Question]:
    """The first code of an app that is being registered."""
    words = _("扫码后验证器显示的 6 位数字")
    return [Question("code", _("验证码"), required=True, autocomplete="one-time-code", help=words)]


def sure_questions() -> list[Question]:
    """Who it is, once more."""
    words = _("更改二次验证前，请再输一次密码，或验证器里的 6 位数字")
    asked = Question("password", _("密码或验证码"), "password", required=True, help=words)
    asked.autocomplete = "current-password"
    return [asked]


def token_questions() -> list[Question]:
    """What a personal key is for, what it may do and how long it lives."""
    return [
        Question("label", _("用途"), required=True),
        Question("days", _("有效天数"), "number", required=True, value="90"),
        scope_question("scopes"),
    ]


def scope_names() -> dict[str, str]:
    """What each scope opens, in words."""
    return {
        "read": _("读取"),
        "act": _("办理事项、上传文件"),
        "registers": _("登记册的操作"),
        "exports": _("导出"),
    }


def scope_question(name: str) -> Question:
    """Which scopes a key gets; all of them to begin with."""
    choices = [(one, f"{label}（{one}）") for one, label in scope_names().items()]
    return Question(name, _("范围"), "choice", True, values=list(scope_names()), choices=choices, several=True)


def problems_of(questions: list[Question]) -> list[tuple[str, str]]:
    """(anchor, words) of every error in the reader's language, for the summary on top of a form."""
    language = short_language()
    between = ": " if language == "en" else "："
    return [
        (question.name, f"{say(question.label, language)}{between}{say(words, language)}")
        for question in questions
        for words in question.errors
    ]
