"""The text a new procedure begins with: small, correct, with the six sections."""

from __future__ import annotations

import re

_TEMPLATE = """# {title}

```toml
grammar = 1
number = "NEW-01"
title = {{ zh = "{title}", en = "{english}" }}
version = "0.1"
owner = "{post}"
days = "calendar, end of day"
opens = {{ kind = "{kind}", act = "register" }}
keep = {{ for = "2 years", by = "{post}" }}
steps = ["received", "closed*"]
stages = {{ received = "received", closed = "closed" }}

[step-titles]
received = {{ zh = "已受理", en = "Received" }}
closed = {{ zh = "已办结", en = "Closed" }}
```

## 1 目的

说明为什么要有本程序。

```toml
[clause]
explains = true
```

## 2 范围

说明哪些事、哪些人按本程序办。

```toml
[clause]
explains = true
```

## 3 职责

说明谁负责什么。

```toml
[clause]
explains = true
```

## 4 程序

### 4.1 受理

接到后登记来事。

```toml
[acts.register]
at = "received"
by = "{post}"
title = {{ zh = "登记", en = "Register" }}
form = "record"

[forms.record]
title = {{ zh = "登记表", en = "Record" }}
fields.matter = {{ ask = {{ zh = "事由", en = "Matter" }}, kind = "long-text", must = true }}
```

### 4.2 办理

两天内办结；逾期报告负责人。

```toml
[acts.close]
at = "received"
by = "{post}"
title = {{ zh = "办结", en = "Close" }}
form = "result"
to = "closed"

[forms.result]
title = {{ zh = "办理结果", en = "Result" }}
fields.done = {{ ask = {{ zh = "怎样办的", en = "What was done" }}, kind = "long-text", must = true }}

[deadlines.closed-in-time]
title = {{ zh = "按期办结", en = "Closed in time" }}
from = "opened"
until = "close"
within = "2 days"
late = [{{ tell = ["{post}"] }}]
```

## 5 相关文件

暂无。

```toml
[clause]
explains = true
```

## 6 记录

登记表、办理结果各保存二年。

```toml
[clause]
carried = ["keep"]
```
"""


def new_procedure(kind: str, title: str, post: str = "clerk", english: str = "") -> str:
    """A correct small procedure for cases of ``kind``, to be filled in by its author.

    ``post`` is the post of the pack that acts and owns it; ``english`` the English title.

    Raises:
        ValueError: ``kind`` or ``post`` is no plain name (letters, digits, hyphens), or the title is empty.
    """
    for name in (kind, post):
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", name):
            raise ValueError(f"not a plain name: {name!r}")
    plain = " ".join(title.split())
    if not plain:
        raise ValueError("a procedure needs a title")
    said = english or kind.replace("-", " ").capitalize()
    return _TEMPLATE.format(kind=kind, post=post, title=_quoted(plain), english=_quoted(said))


def _quoted(words: str) -> str:
    """Words as they stand inside the quotes of a block and of a heading."""
    return re.sub(r"[\x00-\x1f\x7f\"\\{}#]", "", words)
