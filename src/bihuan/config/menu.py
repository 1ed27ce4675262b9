"""The left menu: at most seven entries."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.layout.frames import MenuEntry


def menu(request: HttpRequest) -> list[MenuEntry]:
    """What everybody sees until the screens per role come."""
    return [
        MenuEntry(_("待办"), "/", "home"),
        MenuEntry(_("事项"), "/cases/", "list"),
        MenuEntry(_("新建"), "/cases/new/", "plus"),
        MenuEntry(_("程序文件"), "/procedures/", "document"),
    ]
