"""The left menu and the global bar per interface role: at most seven entries, each only where its page stands."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from bihuan.casework.pages import home
from bihuan.casework.roles import ADMINISTRATOR
from bihuan.layout.frames import Bar, MenuEntry, RoleChoice
from bihuan.procedure.definition import Text

SUGGEST = "/search/suggest/"
MOST = 7

# name -> label, address, icon
PAGES: dict[str, tuple[Text, str, str]] = {
    "home": (Text("首页", "Home"), "/", "home"),
    "overview": (Text("总览", "Overview"), "/", "home"),
    "today": (Text("今天", "Today"), "/", "home"),
    "status": (Text("状态", "Status"), "/", "home"),
    "intake": (Text("受理", "Intake"), "/intake/", "headset"),
    "approvals": (Text("待办", "To-do"), "/approvals/", "inbox"),
    "board": (Text("调度板", "Board"), "/board/", "board"),
    "assign": (Text("派工", "Assign"), "/visits/", "calendar"),
    "cases": (Text("事项", "Cases"), "/cases/", "list"),
    "jobs": (Text("工单", "Jobs"), "/cases/", "wrench"),
    "customers": (Text("客户", "Customers"), "/customers/", "building"),
    "devices": (Text("设备", "Devices"), "/devices/", "device"),
    "people": (Text("人员与岗位", "People & posts"), "/people/", "people"),
    "calls": (Text("回访台", "Calls to make"), "/followup/", "phone"),
    "slips": (Text("单据", "Slips"), "/slips/", "document"),
    "receipts": (Text("收据", "Receipts"), "/receipts/", "receipt"),
    "prices": (Text("收费标准", "Price list"), "/prices/", "price"),
    "calendars": (Text("工作日历", "Working calendar"), "/calendars/", "calendar"),
    "imports": (Text("导入", "Import"), "/imports/", "upload"),
    "procedures": (Text("程序文件", "Procedures"), "/procedures/", "book"),
    "reports": (Text("报表", "Reports"), "/reports/", "chart"),
    "audit": (Text("审计日志", "Audit trail"), "/audit/", "shield"),
    "exceptions": (Text("例外", "Exceptions"), "/audit/exceptions/", "exclamation"),
    "samples": (Text("抽查", "Samples"), "/audit/samples/", "check"),
    "privacy": (Text("个人信息", "Personal data"), "/privacy/", "person"),
}

MENUS: dict[str, tuple[str, ...]] = {
    "hotline-operator": ("home", "intake", "cases", "customers", "devices", "calls", "procedures"),
    "dispatcher": ("home", "intake", "board", "assign", "cases", "customers", "people", "reports"),
    "technician": ("today", "jobs", "devices", "procedures"),
    "return-repair": ("home", "cases", "devices", "slips", "procedures", "reports"),
    "storekeeper": ("home", "cases", "devices", "procedures", "reports"),
    "follow-up": ("home", "calls", "cases", "customers", "slips", "procedures"),
    "outlet": ("home", "cases", "assign", "customers", "devices", "people", "procedures"),
    "service-manager": ("overview", "cases", "board", "assign", "people", "prices", "procedures", "reports"),
    "quality": ("overview", "cases", "devices", "approvals", "procedures", "audit", "reports"),
    "finance": ("home", "receipts", "prices", "slips", "cases", "approvals", "reports"),
    "human-resources": ("home", "people", "calendars", "cases", "reports"),
    "general-manager": ("overview", "approvals", "cases", "people", "procedures", "audit", "reports"),
    "auditor": ("home", "audit", "cases", "slips", "receipts", "procedures", "privacy"),
    ADMINISTRATOR: ("status", "people", "calendars", "procedures", "imports", "audit", "privacy"),
}
ANYBODY = ("home", "cases", "procedures")

ROLES: dict[str, Text] = {
    "hotline-operator": Text("受理", "Intake"),
    "dispatcher": Text("调度", "Dispatch"),
    "technician": Text("维修", "Repair"),
    "return-repair": Text("返修", "Return repair"),
    "storekeeper": Text("库管", "Store"),
    "follow-up": Text("回访", "Follow-up"),
    "outlet": Text("网点", "Outlet"),
    "service-manager": Text("服务管理", "Service management"),
    "quality": Text("质量", "Quality"),
    "finance": Text("财务", "Finance"),
    "human-resources": Text("人力资源", "Human resources"),
    "general-manager": Text("领导", "General management"),
    "auditor": Text("审计", "Audit"),
    ADMINISTRATOR: Text("管理员", "Administration"),
}


@cache
def stands(address: str) -> bool:
    """Whether a page answers at ``address``: entries lead nowhere before their page is built."""
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def roles(request: HttpRequest) -> tuple[str, ...]:
    """The roles of the request's person that have a menu."""
    return tuple(one for one in home.roles(request) if one in MENUS)


def menu(request: HttpRequest) -> list[MenuEntry]:
    """The entries of the role now shown."""
    names = MENUS.get(home.role(request), ANYBODY)
    entries = [MenuEntry(*PAGES[name]) for name in names if stands(PAGES[name][1])]
    return entries[:MOST]


def bar(request: HttpRequest) -> Bar:
    """Search, new, what waits, G and a letter, and the choice of role."""
    now = home.role(request)
    opening = "intake" if now in {"hotline-operator", "dispatcher"} and stands("/intake/") else ""
    letters = {"h": "home", "i": "intake", "b": "board", "w": "cases", "a": "approvals"}
    known = [(letter, PAGES[name]) for letter, name in letters.items()]
    found = roles(request)
    return Bar(
        # before there is a page for everything, the list of cases answers
        search="/search/" if stands("/search/") else "/cases/",
        suggest=SUGGEST if stands(SUGGEST) else "",
        new=MenuEntry(Text("新建", "New"), "/intake/" if opening else "/cases/new/", "plus"),
        to_do=MenuEntry(Text("待办", "To-do"), "/approvals/", "inbox"),
        goto=tuple((letter, label, address) for letter, (label, address, _icon) in known if stands(address)),
        own=(MenuEntry(Text("委托", "Delegate"), "/delegate/"),) if stands("/delegate/") else (),
        roles=tuple(RoleChoice(name, ROLES[name], name == now) for name in found) if len(found) > 1 else (),
    )
