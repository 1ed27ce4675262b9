"""When the disk runs full: acts stop while there is still room to answer, reading goes on, somebody is told.

PostgreSQL that cannot write its log any more ends at once, and then nobody reads either. So acts stop earlier: below
``disk-reserve-megabytes`` of free room on the disk of the data folder.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bihuan.casework.replies import problem
from bihuan.ground.room import short_of_room
from bihuan.layout.errors import error_page
from bihuan.procedure.definition import Text

READING = frozenset({"GET", "HEAD", "OPTIONS"})
# these go on: the way in and out, and the language of what is read
STILL = ("/sign-in/", "/sign-out/", "/language/")
RETRY_AFTER = "60"
WORDS = Text(
    "服务器磁盘空间不足，暂停办理，什么都没有保存；查看不受影响。请通知管理员。",
    "The server is short of disk space: nothing can be done now and nothing was saved; reading goes on. Please tell an "
    "administrator.",
)


def short() -> bool:
    """Whether acts have stopped for want of room."""
    return short_of_room(settings.DATA, settings.DISK_RESERVE_MEGABYTES)


class Shortage:
    """Answers 503 to whatever would write while there is too little room."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING or request.path.startswith(STILL) or not short():
            return self.get_response(request)
        if request.path.startswith("/api/"):
            response = problem(503, "no-room", WORDS)
        else:
            response = error_page(request, 503, WORDS.say("en" if request.LANGUAGE_CODE.startswith("en") else "zh"))
        response.headers["Retry-After"] = RETRY_AFTER
        return response
