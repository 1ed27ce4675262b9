"""What the parts of a procedure are called when one of them has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..definition import Text
from ..sentences import Speaker

TABLES = {
    "posts": Text("岗位", "Post"),
    "steps": Text("步骤", "Step"),
    "acts": Text("动作", "Act"),
    "deadlines": Text("时限", "Deadline"),
    "waits": Text("等待", "Wait"),
    "duties": Text("定期任务", "Duty"),
    "targets": Text("目标", "Target"),
    "sheets": Text("合印单", "Sheet"),
    "forms": Text("表单", "Form"),
    "fields": Text("问题", "Question"),
    "lines": Text("明细", "Table"),
    "additions": Text("附加规定", "Addition"),
}
_OWN = {
    ("Act", "at"): Text("在哪一步", "Step"),
    ("Act", "who"): Text("岗位", "Post"),
    ("Duty", "who"): Text("岗位", "Post"),
    ("Duty", "until"): Text("达成条件", "Fulfilled if"),
    ("Deadline", "at"): Text("以哪个时刻为准", "By the moment"),
    ("Definition", "keep"): Text("未列明记录的保存", "Keeping of other records"),
    ("Form", "number"): Text("编号规则", "Numbered from"),
}
_LABELS = {
    "kind": Text("类型", "Kind"),
    "number": Text("编号", "Number"),
    "version": Text("版本", "Version"),
    "title": Text("名称", "Title"),
    "owner": Text("归口岗位", "Owner"),
    "opening": Text("立案方式", "Opening"),
    "days": Text("天数算法", "What a day means"),
    "grammar": Text("文法", "Grammar"),
    "work_order": Text("是否工单", "Work order"),
    "keep": Text("保存期限", "Kept"),
    "effective": Text("实施日期", "Effective"),
    "ladders": Text("逾期通知的时刻", "When late notices go"),
    "end": Text("是否终点", "End"),
    "stage": Text("阶段", "Stage"),
    "form": Text("表单", "Form"),
    "know": Text("先查", "Looks up"),
    "needs": Text("前提", "Needs"),
    "condition": Text("仅当", "Only if"),
    "effects": Text("同时办理", "Carries out"),
    "ways": Text("去向", "Way"),
    "letters": Text("通知", "Tells"),
    "children": Text("另立事项", "Opens"),
    "after": Text("须等", "Not before"),
    "undoes": Text("撤回", "Takes back"),
    "together": Text("可几件一起同意", "Agreed to together"),
    "with_children": Text("分单一并取消", "Cancels child cases too"),
    "standing": Text("随时可办", "Always allowed"),
    "on": Text("附加于", "With"),
    "start": Text("起算", "From"),
    "until": Text("截止于", "Until"),
    "within": Text("时限", "Limit"),
    "pauses": Text("停表", "Paused"),
    "while_steps": Text("只在", "Only while"),
    "warn": Text("预警", "Warning"),
    "late": Text("逾期", "Once late"),
    "lasts": Text("等待", "Lasts"),
    "every": Text("周期", "Every"),
    "about": Text("关于", "About"),
    "holiday": Text("遇休息日", "On a free day"),
    "per": Text("逐一按", "For each of"),
    "received_by": Text("签收", "Received by"),
    "measure": Text("指标", "Measure"),
    "at_least": Text("不低于", "At least"),
    "at_most": Text("不高于", "At most"),
    "unit": Text("单位", "Unit"),
    "ask": Text("问法", "Question"),
    "choices": Text("选项", "Choices"),
    "must": Text("必填", "Required"),
    "several": Text("可多选", "Several"),
    "least": Text("至少几项", "At least so many"),
    "again": Text("再填一遍", "Asked again"),
    "default": Text("默认值", "Default"),
    "help": Text("提示", "Help"),
    "copies": Text("各联", "Copies"),
    "copy_holders": Text("各联归谁", "Copies go to"),
    "seen_by": Text("只给谁看", "Seen by"),
    "seen_until": Text("看到何时", "Seen until"),
    "explains": Text("只作说明", "Explains only"),
    "carried": Text("由谁执行", "Carried out by"),
    "read_as": Text("读作", "Read as"),
    "accept": Text("接受的提示", "Accepted findings"),
    "binding": Text("有约束力", "Binding"),
    "forms": Text("表单", "Forms"),
}


def label(owner: str, name: str) -> Text:
    """What the attribute ``name`` of an ``owner`` (its class) is called; its own name where it has no words yet."""
    return _OWN.get((owner, name)) or _LABELS.get(name) or Text(name)


def sentence(speaker: Speaker, table: str, entry: Any) -> str:
    """What an entry says, whole; its title where no sentence is made of it."""
    made = _SENTENCES.get(table)
    if made is not None:
        return made(speaker, entry)
    title = getattr(entry, "title", None) or getattr(entry, "ask", None)
    return speaker.say(title) if title else ""


_SENTENCES: dict[str, Callable[[Speaker, Any], str]] = {
    "acts": lambda speaker, entry: speaker.act(entry),
    "additions": lambda speaker, entry: speaker.addition(entry),
    "deadlines": lambda speaker, entry: speaker.deadline(entry),
    "duties": lambda speaker, entry: speaker.duty(entry),
    "forms": lambda speaker, entry: " ".join(words for _origin, words in speaker.form(entry)),
    "fields": lambda speaker, entry: speaker.field(entry.ask, entry.must),
    "waits": lambda speaker, entry: f"{speaker.moment(entry.start)} + {speaker.time(entry.lasts)}",
}
