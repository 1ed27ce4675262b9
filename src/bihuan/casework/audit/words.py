"""What entries are called that no procedure names: verbs, things, doors, kinds of doers."""

from __future__ import annotations

from bihuan.procedure.definition import Text

VERBS: dict[str, Text] = {
    # cases, beside the acts of their documents
    "tick": Text("到时", "The clock came round"),
    "child": Text("关联事项有变化", "A related case changed"),
    "absorb": Text("并入", "Another case merged in"),
    "correct": Text("更正", "Correction"),
    "cancel": Text("取消", "Cancellation"),
    "depart": Text("偏离程序", "Departure"),
    "merge": Text("合并", "Merging"),
    "reassign": Text("改派", "Reassignment"),
    "called-again": Text("客户再次来电", "The customer called again"),
    "opened-anyway": Text("另开一单", "Opened beside another"),
    "remark": Text("备注", "Remark"),
    "signer-added": Text("请人加签", "A signer added"),
    "signer-signed": Text("加签", "Signed as asked"),
    "signer-let-off": Text("不用加签了", "A signer let off"),
    "number-shown": Text("查看完整电话", "Number seen whole"),
    # people
    "add-person": Text("新增人员", "Account opened"),
    "change-person": Text("修改人员", "Account changed"),
    "give-post": Text("授予岗位", "Post given"),
    "end-post": Text("结束岗位", "Post ended"),
    "add-skill": Text("登记技能", "Skill recorded"),
    "end-skill": Text("结束技能", "Skill ended"),
    "delegate": Text("委托", "Posts lent"),
    "end-delegation": Text("结束委托", "Loan of posts ended"),
    "set-password": Text("修改密码", "Password changed"),
    "hand-out-password": Text("发放一次性密码", "Password handed out"),
    "sign-out-everywhere": Text("全部退出", "Signed out everywhere"),
    "make-token": Text("发放密钥", "Key made"),
    "lock-out": Text("登录锁定", "Shut out at the door"),
    "unlock-account": Text("解除锁定", "Let in again"),
    # outlets, documents, calendars, settings
    "open-outlet": Text("设立网点", "Outlet opened"),
    "add-outlet": Text("设立网点", "Outlet opened"),
    "change-outlet": Text("修改网点", "Outlet changed"),
    "load-pack": Text("装入程序文件", "Documents loaded"),
    "sign": Text("签署文件", "Document signed"),
    "issue-copy": Text("分发文件", "Copy handed out"),
    "add-address": Text("登记通知方式", "Way of notice added"),
    "remove-address": Text("删除通知方式", "Way of notice removed"),
    # registers
    "add-customer": Text("新增客户", "Customer added"),
    "change-customer": Text("修改客户", "Customer changed"),
    "add-contact": Text("新增联系人", "Contact added"),
    "change-contact": Text("修改联系人", "Contact changed"),
    "add-site": Text("新增地点", "Place added"),
    "change-site": Text("修改地点", "Place changed"),
    "add-customers": Text("批量新增客户", "Customers added"),
    "reveal": Text("查看完整电话", "Number seen whole"),
    "add-unit": Text("新增设备", "Device added"),
    "change-unit": Text("修改设备", "Device changed"),
    "add-units": Text("批量新增设备", "Devices added"),
    "add-product": Text("新增型号", "Model added"),
    "add-products": Text("批量新增型号", "Models added"),
    "change-product": Text("修改型号", "Model changed"),
    "add-terms": Text("新增保修条款", "Terms added"),
    "end-terms": Text("终止保修条款", "Terms ended"),
    "register-warranty": Text("登记保修", "Warranty registered"),
    "open-price-list": Text("新建价目", "Price list opened"),
    "add-price": Text("添加价格", "Price added"),
    "new-price-list": Text("新版价目", "New price list"),
    "void-receipt": Text("作废收据", "Receipt voided"),
    "try-to-reach": Text("回访未接通", "Call attempted"),
    "publish-survey": Text("发布回访问卷", "Survey published"),
    # tables in and out, the book itself
    "begin-import": Text("开始导入", "Import begun"),
    "end-import": Text("导入完成", "Import finished"),
    "cancel-import": Text("取消导入", "Import cancelled"),
    "reverse-import": Text("撤回导入", "Import reversed"),
    "export": Text("导出", "Export"),
    "dispose": Text("按清单处置内容", "Contents disposed of"),
    # the auditor's own
    "draw-sample": Text("抽样", "Sample drawn"),
    "fill-sheet": Text("填写检查表", "Check sheet filled"),
    "close-sample": Text("关闭抽样", "Sample closed"),
    "set-audit-policy": Text("修改审计阈值", "Audit policy set"),
    "mail-digest": Text("摘要寄出", "Digest mailed"),
}
THINGS: dict[str, Text] = {
    "case": Text("事项", "Case"),
    "note": Text("事项备注", "Note on a case"),
    "person": Text("人员", "Person"),
    "outlet": Text("网点", "Outlet"),
    "customer": Text("客户", "Customer"),
    "customers": Text("客户（批量）", "Customers"),
    "unit": Text("设备", "Device"),
    "units": Text("设备（批量）", "Devices"),
    "product": Text("型号", "Model"),
    "products": Text("型号（批量）", "Models"),
    "terms": Text("保修条款", "Terms"),
    "price-list": Text("价目", "Price list"),
    "receipt": Text("收据", "Receipt"),
    "call": Text("回访", "Call"),
    "survey": Text("问卷", "Survey"),
    "document": Text("程序文件", "Document"),
    "calendar": Text("日历", "Calendar"),
    "address": Text("通知方式", "Way of notice"),
    "import": Text("导入", "Import"),
    "export": Text("导出", "Export"),
    "disposal": Text("处置清单", "Disposal list"),
    "sign-in": Text("登录", "Sign-in"),
    "sample": Text("抽样", "Sample"),
    "audit-policy": Text("审计阈值", "Audit policy"),
    "digest": Text("每日摘要", "Daily digest"),
    "demonstration": Text("示例", "Demonstration"),
}
DOORS: dict[str, Text] = {
    "page": Text("页面", "Page"),
    "api": Text("接口", "API"),
    "command": Text("命令行", "Command line"),
    "worker": Text("后台", "Worker"),
}
DOERS: dict[str, Text] = {
    "person": Text("人员", "Person"),
    "clock": Text("时钟", "The clock"),
    "case": Text("其他事项", "Another case"),
    "command": Text("命令行", "Command line"),
}


def said(names: dict[str, Text], name: str, language: str) -> str:
    """A name in the reader's language; itself where it has no other."""
    words = names.get(name)
    return words.say(language) if words else name
