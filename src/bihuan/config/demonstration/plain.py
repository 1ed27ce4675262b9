"""What a pack is shown with where its ``demo.toml`` says nothing: a house, people of every post, customers, devices."""

from __future__ import annotations

from typing import Any

from bihuan.procedure.definition import Pack

OUTSIDE = "customer"
HEAD = "head"
SURNAMES = tuple("陈林黄周吴郑孙马朱胡郭何高罗梁宋唐许邓冯")
CUSTOMERS = (
    ("城东商店", "王店长", "城东路 8 号"),
    ("望湖宾馆", "陈经理", "望湖街 11 号"),
    ("明珠大厦", "赵工", "滨江大道 14 号"),
    ("育才学校", "刘主任", "育才巷 17 号"),
    ("白鹭书店", "吴店长", "白鹭路 20 号"),
    ("星河影城", "郑经理", "星河街 23 号"),
    ("宏达机械厂", "冯工", "宏达路 26 号"),
    ("金桥物流园", "褚主管", "金桥路 29 号"),
    ("青松养老院", "许院长", "青松路 32 号"),
    ("阳光体育馆", "何馆长", "阳光路 35 号"),
)
PRODUCTS = (("YP-100", "示例产品 YP-100", "Sample YP-100"), ("YP-200", "示例产品 YP-200", "Sample YP-200"))
FAULTS = ["不工作", "有异响", "时好时坏"]
SKILL = "通用"


def plain(pack: Pack) -> dict[str, Any]:
    """A whole demonstration of ``pack`` in the shape of its file, with nothing of it but posts and procedures."""
    return {
        "outlet": [{"code": HEAD, "name": "示例总部", "name-en": "Head office (sample)", "kind": "own"}],
        "person": _people(pack),
        "customers": {
            "list": [
                [name, contact, f"1390000{1000 + 37 * number}", address, "", HEAD]
                for number, (name, contact, address) in enumerate(CUSTOMERS)
            ]
        },
        "products": {
            "list": [[code, name, english, SKILL, 1000, FAULTS] for code, name, english in PRODUCTS],
            "devices": 30,
        },
        "terms": {"list": [["", 12, "invoice", ["人为损坏"]]]},
        "prices": {
            "name": "收费标准（示例）",
            "list": [["SF-01", "检查", "Inspection", "次", 50], ["SF-02", "修理", "Repair", "次", 200]],
        },
        "walks": {
            "cases": 40,
            "days": 45,
            "seed": 20260302,
            "standing": 0.4,
            "well": 0.92,
            "late": 0.1,
            "lying": 0.12,
            "ends": {},
            "rare": [],
            "first": [],
            "leave": [],
        },
    }


def whole(pack: Pack, written: dict[str, Any]) -> dict[str, Any]:
    """``written`` with what it leaves out; stories of its own stand for walks unless it asks for both."""
    usual = plain(pack)
    made = {**usual, **written, "walks": {**usual["walks"], **written.get("walks", {})}}
    if written.get("stories") and "walks" not in written:
        del made["walks"]
    lines = {one[3] for one in made["products"]["list"]}
    for person in made["person"]:
        if "skills" not in person and any(_serves(pack, post) for post in person.get("posts", [])):
            person["skills"] = sorted(lines)
    return made


def _people(pack: Pack) -> list[dict[str, Any]]:
    """Two for every post, because one may not always check what the other did; and one who keeps the accounts."""
    found: list[dict[str, Any]] = [
        {"username": "admin", "name": "系统管理员", "name-en": "Administrator", "administrator": True}
    ]
    number = 0
    for name, post in pack.posts.items():
        if name == OUTSIDE:
            continue
        for suffix in ("", "-2"):
            surname = SURNAMES[number % len(SURNAMES)]
            number += 1
            found.append({
                "username": f"{name}{suffix}", "name": f"{surname}{post.title.zh}",
                "name-en": f"{post.title.en or name}{suffix}", "posts": [f"{name}@{HEAD}"],
            })  # fmt: skip
    return found


def _serves(pack: Pack, words: str) -> bool:
    """Whether a person of this post does the work a skill is needed for."""
    post = pack.posts.get(words.partition("@")[0])
    return post is not None and post.role in {"technician", "return-repair"}
