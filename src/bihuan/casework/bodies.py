"""What arrives through the API, strictly typed: unknown keys and wrong types are named, never skipped."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from msgspec import Meta, Struct

from bihuan.procedure.definition import Text

from .actions import Sentence

# beyond it no counter of ours ever comes
MOST = 2**31 - 1
MOST_STEPS = 200
LONGEST_REASON = 1000

# what the decoder says, and the same in Chinese; what it quotes are our own names and types
_SAID = (
    (re.compile(r"Object missing required field `([^`]*)`"), "缺少 {}"),
    (re.compile(r"Object contains unknown field `([^`]*)`"), "不认识 {}"),
    (re.compile(r"Expected `([^`]*)`, got `([^`]*)`"), "须为 {}，收到的是 {}"),
    (re.compile(r"Expected `([^`]*)` (>=|<=) (\S+)"), "须为 {} {} {}"),
    (re.compile(r"Invalid UUID"), "不是 UUID"),
    (re.compile(r"Invalid RFC3339 encoded datetime"), "不是带时区的时刻（RFC 3339）"),
    (re.compile(r"(?:Number|Integer value) out of range"), "数字过大"),
)


class ActBody(Struct, forbid_unknown_fields=True):
    """One act: the same object a phone sends in lists."""

    action: str
    id: UUID | None = None
    post: str = ""
    answers: dict[str, Any] = {}
    at: datetime | None = None
    expect: Annotated[int, Meta(ge=0, le=MOST)] | None = None


class OpenBody(Struct, forbid_unknown_fields=True):
    """A case to open by hand."""

    kind: str
    id: UUID | None = None
    outlet: str = ""
    post: str = ""
    answers: dict[str, Any] = {}
    at: datetime | None = None


class MoveBody(Struct, forbid_unknown_fields=True):
    """A case to move to another version: ``to`` names it, ``steps`` the old steps and what they are called there."""

    to: UUID
    steps: dict[str, str]
    reason: str
    id: UUID | None = None
    post: str = ""
    expect: Annotated[int, Meta(ge=0, le=MOST)] | None = None


class BadBody(Exception):
    """The body cannot be taken: ``status`` 400, 413, 415 or 422, with the field where one is to blame."""

    def __init__(self, status: int, code: str, words: Text, field: str = "") -> None:
        super().__init__(words.zh)
        self.status, self.code, self.words, self.field = status, code, words, field


_act = msgspec.json.Decoder(ActBody)
_open = msgspec.json.Decoder(OpenBody)
_move = msgspec.json.Decoder(MoveBody)


def read_act(request: HttpRequest, case: str, received: datetime) -> Sentence:
    """The act in the request's body. Raises ``BadBody``."""
    body = _decode(_act, request)
    return Sentence(
        id=_identity(request, body.id),
        action=_short(body.action, "action"),
        at=_moment(body.at, received),
        dated=body.at is not None,
        received=received,
        answers=_plain(body.answers),
        case=case,
        post=_short(body.post, "post"),
        expect=body.expect,
    )


def read_opening(request: HttpRequest, received: datetime) -> Sentence:
    """The case to open in the request's body. Raises ``BadBody``."""
    body = _decode(_open, request)
    return Sentence(
        id=_identity(request, body.id),
        action="",
        at=_moment(body.at, received),
        dated=body.at is not None,
        received=received,
        answers=_plain(body.answers),
        kind=_short(body.kind, "kind"),
        outlet=_short(body.outlet, "outlet"),
        post=_short(body.post, "post"),
    )


def read_move(request: HttpRequest) -> tuple[MoveBody, UUID]:
    """The move in the request's body, and its own id. Raises ``BadBody``."""
    body = _decode(_move, request)
    _short(body.post, "post")
    steps, _reason = _plain(body.steps), _plain(body.reason)
    if len(steps) > MOST_STEPS or any(len(one) > 100 for pair in steps.items() for one in pair):
        raise BadBody(422, "wrong-body", Text("步骤对照表过长", "The step map is too long"), "steps")
    if len(body.reason) > LONGEST_REASON:
        raise BadBody(422, "wrong-body", Text("理由过长", "The reason is too long"), "reason")
    return body, _identity(request, body.id)


def _decode(decoder: Any, request: HttpRequest) -> Any:
    kind = (request.content_type or "").lower()
    if kind != "application/json":
        raise BadBody(415, "not-json", Text("请以 application/json 发送", "Send application/json"))
    try:
        return decoder.decode(request.body)
    except RequestDataTooBig as error:
        raise BadBody(413, "too-large", Text("内容过大", "The body is too large")) from error
    except msgspec.ValidationError as error:
        raise BadBody(422, "wrong-body", *_unfit(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBody(400, "not-readable", Text("不是有效的 JSON（须为 UTF-8）", "Not valid JSON in UTF-8")) from error
    except RecursionError as error:
        raise BadBody(400, "not-readable", Text("嵌套过深", "Nested too deeply")) from error


def _unfit(said: str) -> tuple[Text, str]:
    """The decoder's words in both languages, and the field they speak of."""
    reason, _, place = said.partition(" - at `$")
    field = place.strip("`.").partition("[")[0]
    for pattern, chinese in _SAID:
        found = pattern.match(reason)
        if found is not None:
            where = f"{field}：" if field else ""
            return Text(
                f"内容不合要求：{where}{chinese.format(*found.groups())}", f"The body does not fit: {said}"
            ), field
    return Text(f"内容不合要求：{field or '整体'}", f"The body does not fit: {said}"), field


def _identity(request: HttpRequest, given: UUID | None) -> UUID:
    """The act's own id: in the body or as ``Idempotency-Key``; both must agree."""
    header = request.headers.get("Idempotency-Key", "").strip('"')
    if header:
        try:
            key = UUID(header)
        except ValueError as error:
            words = Text("Idempotency-Key 须为 UUIDv7", "Idempotency-Key has to be a UUIDv7")
            raise BadBody(422, "wrong-id", words, "Idempotency-Key") from error
        if given is not None and given != key:
            words = Text("Idempotency-Key 与 id 不一致", "Idempotency-Key and id differ")
            raise BadBody(422, "wrong-id", words, "id")
        given = key
    if given is None or given.version != 7:
        raise BadBody(
            422, "wrong-id", Text("每个操作须有自己的 UUIDv7 编号", "Every act needs a UUIDv7 of its own"), "id"
        )
    return given


def _moment(at: datetime | None, received: datetime) -> datetime:
    if at is None:
        return received
    if at.tzinfo is None:
        raise BadBody(422, "wrong-moment", Text("时间须带时区", "The moment needs an offset"), "at")
    if at.year < 1990:
        raise BadBody(422, "wrong-moment", Text("时间过早", "The moment is too early"), "at")
    return at


def _short(text: str, field: str) -> str:
    if len(text) > 100 or "\x00" in text:
        raise BadBody(422, "wrong-body", Text(f"「{field}」过长或含有不可用字符", f"“{field}” is not usable"), field)
    return text


def _plain(value: Any, depth: int = 0) -> Any:
    """Answers without what no register can hold: NUL signs, endless nesting, numbers beyond reason."""
    if depth > 6:
        raise BadBody(422, "wrong-body", Text("填写内容嵌套过深", "The answers are nested too deeply"), "answers")
    if isinstance(value, str):
        if "\x00" in value:
            raise BadBody(422, "wrong-body", Text("含有不可用字符", "A sign that cannot be stored"), "answers")
        return value
    if isinstance(value, dict):
        return {_plain(key, depth + 1): _plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**15:
        raise BadBody(422, "wrong-body", Text("数字过大", "The number is too large"), "answers")
    return value
