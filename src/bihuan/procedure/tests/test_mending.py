"""Corrected lines put into the text they were said of, and reasons written under the clause they belong to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.procedure.checking.fault import Fault
from bihuan.procedure.definition import Text
from bihuan.procedure.mending import as_it_came, mended, with_reason
from bihuan.procedure.reading import read_pack
from bihuan.procedure.rehearsal import Difference

PACK = """
[pack]
name = "small"
title = { zh = "小店", en = "Small shop" }
zone = "Asia/Shanghai"

[posts.clerk]
title = { zh = "受理员", en = "Clerk" }
role = "hotline-operator"
"""
TEXT = """# 修理
```toml
grammar = 1
number = "XD-001-01"
title = { zh = "修理", en = "Repair" }
version = "1.0"
owner = "clerk"
days = "calendar, end of day"
opens = { kind = "repair", act = "register" }
steps = ["open", "closed*"]
stages = { open = "received", closed = "closed" }
step-titles = { open = { zh = "已受理", en = "Open" }, closed = { zh = "已结", en = "Closed" } }
```

## 1 受理
受理员登记。
```toml
[acts.register]
at = "open"
by = "clerk"
title = { zh = "登记", en = "Register" }
form = "slip"

[acts.close]
at = "open"
by = "clerk"
title = { zh = "办结", en = "Close" }
to = "closed"

[forms.slip]
title = { zh = "受理单", en = "Slip" }
keep = { for = "2 years", by = "clerk" }
fields.problem = { ask = { zh = "问题", en = "Problem" }, must = true }

[deadlines.done]
title = { zh = "两天内", en = "Two days" }
from = "opened"
until = "close"
within = "2 days"
late = [{ tell = ["clerk"] }]
```
"""


@pytest.fixture
def judged(tmp_path):
    def read(text: str):
        (tmp_path / "pack.toml").write_text(PACK, encoding="utf-8")
        (tmp_path / "01-repair.md").write_text(text, encoding="utf-8")
        return read_pack(tmp_path)

    return read


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('by = "clerk"\ntitle = { zh = "办结"', 'by = "clrek"\ntitle = { zh = "办结"'),
        ('to = "closed"', 'to ＝ "closed"'),
        ('form = "slip"', "form = “slip”"),
        ('fields.problem = { ask', 'feilds.problem = { ask'),
        ("must = true", "msut = true"),
        ("must = true", 'must = "true"'),
        ('until = "close"', 'until = "colse"'),
        ('to = "closed"', 'to = "clsoed"'),
        ("[deadlines.done]", "[deadlnies.done]"),
        ("## 1 受理\n受理员登记。\n```toml", "## 1 受理\n受理员登记。\n```tmol"),
        ('tell = ["clerk"]', 'tell = ["clekr"]'),
    ],
)  # fmt: skip
def test_what_was_mistyped_is_as_it_was_after_one_press(judged, good, bad):
    assert TEXT.count(good) == 1
    text = TEXT.replace(good, bad)
    faults = [one for one in judged(text).faults if mended(text, one) is not None]
    assert faults
    assert mended(text, faults[0]) == TEXT


def test_a_shape_to_fill_in_and_what_has_to_be_thought_about_is_not_put_in(judged):
    for bad in (TEXT.replace('from = "opened"\n', ""), TEXT.replace('within = "2 days"\n', "")):
        faults = judged(bad).faults
        assert [one for one in faults if one.corrected]
        assert [mended(bad, one) for one in faults] == [None] * len(faults)


def test_a_name_that_stands_twice_in_the_line_is_left_to_the_author():
    fault = Fault("unknown-post", "x.md", 1, "", Text("没有岗位 clrek；是不是 clerk？"), "clerk")
    assert mended('each = ["clrek", "clrek"]', fault) is None
    assert mended('each = ["clrek", "head"]', fault) == 'each = ["clerk", "head"]'


def test_an_accepted_finding_is_accepted_for_the_check_too_wherever_its_reason_goes(judged):
    silent = TEXT.replace('late = [{ tell = ["clerk"] }]\n', "")
    tables = (
        "", "[clause]\nexplains = false\n\n", '[clause]\naccept = { kept-shorter = "旧" }\n\n',
        '[clause]\naccept.kept-shorter = "旧"\n\n',
    )  # fmt: skip
    for table in tables:
        text = silent.replace("[acts.register]", f"{table}[acts.register]")
        (finding,) = [one for one in judged(text).findings if one.code == "promise-unheard"]
        read = judged(with_reason(text, finding, '值班长"在场"\n已知'))
        assert read.faults == ()
        (accepted,) = [one for one in read.findings if one.code == "promise-unheard"]
        assert accepted.accepted == '值班长"在场" 已知'


def test_a_clause_without_a_block_gets_one_and_the_next_clause_stays_apart():
    text = "# 一\n\n## 1 甲\n\n## 2 乙\n```toml\n# ## 3 不是标题\n```\n"
    fault = Fault("empty-section", "x.md", 3, "1", Text("空"))
    wanted = '# 一\n\n## 1 甲\n```toml\n[clause]\naccept = { empty-section = "留待" }\n```\n\n## 2 乙\n'
    assert with_reason(text, fault, "留待").startswith(wanted)
    assert with_reason("没有标题", fault, "留待") is None


FILE = """[[example]]
start = { by = "clerk", follows = { due = { done = "2026-03-05" }, letters = ["b", "a"], step = "open" } }
[[example]]
start = { follows = { due = { done = "2026-03-05" }, ended = false } }
"""


def test_the_moment_that_came_stands_where_another_one_was_expected():
    came = Difference(2, "due.done", "2026-03-05", "2026-03-06", Text(""))
    assert as_it_came(FILE, came) == FILE.replace("2026-03-05", "2026-03-06", 1)


def test_what_another_example_expects_and_what_would_prove_nothing_any_more_is_left_alone():
    for other in (
        Difference(1, "due.done", "2026-03-04", "2026-03-06", Text("")),
        Difference(2, "due.done", "2026-03-05", None, Text("")),
        Difference(2, "letters", ["a", "b"], ["a"], Text("")),
        Difference(2, "step", "open", "closed", Text("")),
        Difference(3, "ended", False, True, Text("")),
    ):
        assert as_it_came(FILE, other) is None
    late = FILE.replace("2026-03-05", "2026-03-04", 1)
    assert as_it_came(late, Difference(2, "due.done", "2026-03-05", "2026-03-06", Text(""))) is None


FAULTS = st.builds(
    Fault,
    st.sampled_from(["unknown-key", "unknown-post", "full-width", "wrong-type", "fence-language", "x"]),
    st.just("x.md"), st.integers(-2, 9), st.just(""),
    st.builds(Text, st.text(max_size=30)), st.text(max_size=30),
)  # fmt: skip


@given(st.text(max_size=200), FAULTS, st.text(max_size=30))
def test_nothing_that_is_typed_stops_it_and_one_line_at_most_changes(text, fault, reason):
    new = mended(text, fault)
    if new is not None:
        before, after = text.split("\n"), new.split("\n")
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    with_reason(text, fault, reason)
