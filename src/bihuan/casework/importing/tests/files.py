"""Files as somebody would hand them in, and the way of one import from its arrival to its end."""

from __future__ import annotations

from datetime import datetime

from bihuan.casework.importing import receiving, running
from bihuan.casework.importing.models import Import

PAST = """编号,标题,报修时间,期限,完成时间,电话,处理结果
GD-1,空调不制冷,2024-03-01 09:00,2024-03-02 09:00,2024-03-01 16:00,13800138000,加氟
GD-2,水管漏水,2024-03-01 10:00,2024-03-01 12:00,2024-03-01 12:00:01,,换垫圈
GD-3,门锁坏,2024-03-03,2024-03-04,,,
GD-4,灯不亮,2024/3/5 8:00,,2024年3月5日 9时30分,,换灯
"""


def always() -> bool:
    return True


def arrived(text: str, by, at: datetime, kind: str = "past-cases", encoding: str = "utf-8", **more: str) -> Import:
    return receiving.receive(kind, "旧系统.csv", [text.encode(encoding)], by=by, at=at, **more)


def checked(text: str, by, at: datetime, kind: str = "past-cases", order: str = "ymd", **more: str) -> Import:
    one = arrived(text, by, at, kind, **more)
    receiving.take_mapping(one, one.mapping, by=by, at=at, order=order)
    assert running.carry_on(one.pk, at, always) is False
    one.refresh_from_db()
    return one


def imported(text: str, by, at: datetime, kind: str = "past-cases", only_correct: bool = False, **more: str) -> Import:
    one = checked(text, by, at, kind, **more)
    running.confirm(one, only_correct=only_correct, by=by, at=at)
    while running.carry_on(one.pk, at, always):
        pass
    one.refresh_from_db()
    return one


def problems(one: Import) -> list[tuple[int, str, str, str]]:
    return list(one.problems.order_by("row", "id").values_list("row", "column", "severity", "code"))
