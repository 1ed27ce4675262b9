"""The root of the API: who may enter, and what every refusal looks like."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from bihuan import __version__
from bihuan.casework.api import router as cases
from bihuan.casework.bodies import BadBody
from bihuan.casework.errors import CaseworkError
from bihuan.casework.replies import problem, refused
from bihuan.files.api import router as files
from bihuan.files.errors import FileRefusal
from bihuan.layout.errors import logged, route_of
from bihuan.people import keys, scope
from bihuan.people import queries as people
from bihuan.people.errors import ScopeMissing
from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import Refusal
from bihuan.registers.charges.api import router as charges
from bihuan.registers.customers.api import router as customers
from bihuan.registers.deeds import RegisterRefusal
from bihuan.registers.products.api import router as products
from bihuan.registers.visits.api import router as visits

# What a key needs for an operation that is not reading. One that stands nowhere here is open to no key at all.
WRITING = {
    "api/v1/cases": "act",
    "api/v1/cases/<reference>/acts": "act",
    "api/v1/cases/<reference>/move": "act",
    "api/v1/files": "act",
    "api/v1/receipts/<receipt>/acts": "registers",
    "api/v1/customers/<customer>/acts": "registers",
}
READING = frozenset({"GET", "HEAD"})


class PersonalToken(HttpBearer):
    """``Authorization: Bearer …`` with a key made on one's profile page, or by an administrator for a program."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        now = timezone.now()
        with scope.everything():
            found = people.token_of(token, now)
            if found is None:
                return None
            if found.stale:
                keys.used(token, now)
        request.scopes = found.scopes  # type: ignore[attr-defined]  # read by keys.require, here and further in
        keys.require(request, scope_of(request))
        scope.look_as(request, found.person, now)
        return found.person


def scope_of(request: HttpRequest) -> str:
    """The scope a key needs for this operation."""
    route = request.resolver_match.route if request.resolver_match else ""
    return "read" if request.method in READING else WRITING.get(route, "nobody")


log = logging.getLogger("bihuan.errors")

api = NinjaAPI(
    title="Bihuan 闭环",
    version=__version__,
    urls_namespace="api",
    auth=[PersonalToken(), SessionAuth()],
    docs_url=None,
)
api.add_router("", cases)
api.add_router("", files)
api.add_router("", charges)
api.add_router("", visits)
api.add_router("", customers)
api.add_router("", products)

for kind in (Refusal, CaseworkError, BadBody):
    api.add_exception_handler(kind, refused)


@api.exception_handler(ScopeMissing)
def scope_missing(request: HttpRequest, refusal: ScopeMissing) -> HttpResponse:
    return problem(403, refusal.code, refusal.words)


@api.exception_handler(FileRefusal)
def file_refused(request: HttpRequest, refusal: FileRefusal) -> HttpResponse:
    return problem(refusal.status, refusal.code, refusal.words)


@api.exception_handler(RegisterRefusal)
def register_refused(request: HttpRequest, refusal: RegisterRefusal) -> HttpResponse:
    """What a register refuses when it is spoken to directly; inside a case's act the clause stands beside it."""
    return problem(getattr(refusal, "status", 409), refusal.code, refusal.words, field=refusal.field)


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(413, "too-large", Text("内容过大", "The body is too large"))


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem(401, "not-signed-in", Text("请先登录", "Sign in first"))
    response["WWW-Authenticate"] = 'Bearer realm="bihuan"'
    return response


@api.exception_handler(ValidationError)
def wrong_question(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = ["/".join(str(part) for part in one["loc"]) for one in error.errors]
    return problem(422, "wrong-question", Text("查询条件不合要求", "The question does not fit"), fields=fields)


@api.exception_handler(HttpError)
def plain_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    number = logged(request, error.status_code)
    words = Text(f"请求未被接受：{error}", str(error))
    return problem(error.status_code, "http", words, number=number)


@api.exception_handler(InterfaceError)
@api.exception_handler(OperationalError)
def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database died or gave up under this request; whether it had committed nobody can tell from here."""
    log.warning("database away kind=%s method=%s route=%s", type(error).__name__, request.method, route_of(request))
    words = Text(
        "数据库暂时不可用，请稍后以同一编号再发一次：已办成的不会重做",
        "The database is away for a moment; send it again with the same id: what was done is not done twice",
    )
    response = problem(503, "away", words)
    response["Retry-After"] = "1"
    return response


@api.exception_handler(Exception)
def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    number = secrets.token_hex(4).upper()
    log.error("api error number=%s method=%s route=%s", number, request.method, route_of(request), exc_info=error)
    words = Text(f"系统出错，编号 {number}，没有保存任何内容", f"Something broke, number {number}; nothing was saved")
    return problem(500, "unexpected", words, number=number)
