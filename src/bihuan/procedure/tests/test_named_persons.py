"""A doer or the reader of a letter named by an answer; posts in the words of the pack."""

import pytest

from bihuan.procedure import engine
from bihuan.procedure.definition import Text, Who
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.refusals import NotYours
from bihuan.procedure.sentences import sentences
from bihuan.procedure.state import Doer

from .engine_cases import HERE, LI, ZHOU, Played, act, field, form, letter, moment, procedure
from .sample import changed, read, told

WU = Doer("wu", (("repairer", "head"),))
JIA = Doer("jia", (("repairer", "head"),), instead_of="li")
SLIP = form("slip", field("repairer", "person"), field("helpers", "person", several=True), field("unit", "post"))
POSTS = {"repairer": Text("维修人员", "Repairer"), "dispatcher": Text("调度员", "Dispatcher")}


def dispatched(answers, **more):
    definition = procedure(
        "new sent taken*",
        [
            act("open", "new"),
            act("send", "new", "dispatcher", "sent", form="slip", **more),
            act("accept", "sent", Who(posts=("repairer",), named="slip.repairer"), "taken", clause="4.2(2)"),
            act("reassign", "any", "dispatcher", standing=True),
        ],
        [SLIP],
        posts=POSTS,
    )
    played = Played(definition)
    played.act("send", ZHOU, "03-02 09:20", answers)
    return played


def test_only_the_person_an_answer_names_may_act_and_the_refusal_says_who():
    played = dispatched({"slip.repairer": "li"})
    before = played.state
    with pytest.raises(NotYours) as caught:
        played.act("accept", WU, "03-02 09:30")
    assert played.state is before
    assert caught.value.words == Text("此项由 li 办理", "This is done by li")
    assert (caught.value.clause, caught.value.posts) == ("4.2(2)", ("repairer",))
    offer = next(each for each in engine.allowed(played.definition, before, WU, moment("03-02 09:30"), HERE)
                 if each.act == "accept")  # fmt: skip
    assert (offer.allowed, offer.code) == (False, "not-yours")
    played.act("accept", LI, "03-02 09:30")
    assert played.state.step == "taken"


def test_whoever_stands_in_for_the_named_person_may_act():
    played = dispatched({"slip.repairer": "li"})
    played.act("accept", JIA, "03-02 09:30")
    assert played.state.step == "taken"


def test_the_named_person_still_has_to_hold_the_post():
    played = dispatched({"slip.repairer": "zhou"})
    with pytest.raises(NotYours) as caught:
        played.act("accept", ZHOU, "03-02 09:30")
    assert caught.value.words == Text("此项由 zhou 办理", "This is done by zhou")
    assert played.state.step == "sent"


def test_where_nobody_was_named_everybody_of_the_post_may_act():
    played = dispatched({})
    played.act("accept", WU, "03-02 09:30")
    assert played.state.step == "taken"


def test_a_reassignment_counts_more_than_the_answer():
    played = dispatched({"slip.repairer": "li"})
    played.act("reassign", ZHOU, "03-02 09:30", {"act": "accept", "person": "wu", "reason": "病假"})
    with pytest.raises(NotYours):
        played.act("accept", LI, "03-02 09:40")
    played.act("accept", WU, "03-02 09:40")
    assert played.state.doers["accept"] == ("wu", "repairer")


def test_a_letter_goes_to_the_persons_and_posts_that_answers_name():
    told_by_name = (letter("repairer", "slip.repairer", "slip.helpers", "slip.unit"),)
    played = dispatched(
        {"slip.repairer": "li", "slip.helpers": ["wu", "jia", "wu"], "slip.unit": "leader"}, letters=told_by_name
    )
    assert [name for _, name in played.happened("letter")] == [
        "repairer", "person:li", "person:wu", "person:jia", "leader",
    ]  # fmt: skip


def test_a_letter_to_somebody_nobody_named_yet_is_said_all_the_same():
    played = dispatched({}, letters=(letter("slip.repairer", "slip.unit"),))
    assert [name for _, name in played.happened("letter")] == ["person:", "person:"]


def test_a_refusal_names_posts_by_their_titles_and_by_name_where_there_is_none():
    played = dispatched({})
    with pytest.raises(NotYours) as caught:
        played.act("accept", ZHOU, "03-02 09:30")
    assert caught.value.words == Text("此项由维修人员办理", "This is done by Repairer")
    assert caught.value.posts == ("repairer",)
    bare = Played(procedure("new done*", [act("open", "new"), act("close", "new", Who(posts=("boss", "customer")))]))
    with pytest.raises(NotYours) as caught:
        bare.act("close", ZHOU, "03-02 09:30")
    assert caught.value.words == Text("此项由boss、客户办理", "This is done by boss, the customer")


# ------------------------------------------------------------------------------------------------- as it is written

REPAIR = 'at = "checked"\nby = "repairer"'
PERSON = 'fields.count = { ask = { zh = "件数", en = "Count" }, kind = "number" }'
ASKED = 'fields.mender = { ask = { zh = "承修人", en = "Mender" }, kind = "person", must = true }\n'
DUTY = """## 4 月报
```toml
[duties.report]
title = { zh = "月报", en = "Report" }
every = { month-day = 5 }
by = "clerk"
late = [{ tell = ["head"] }]
```
"""


def written(by='{ post = "repairer", named = "finding.mender" }', tell='["finding.mender"]', kind="person"):
    text = changed(REPAIR, f'at = "checked"\nby = {by}\ntell = {tell}')
    return read(text.replace(PERSON, ASKED.replace("person", kind) + PERSON) + DUTY)


def test_named_and_dotted_letters_are_read_and_read_back():
    for tell in ('["finding.mender"]', '[{ to = "finding.mender" }]'):
        result = written(tell=tell)
        assert told(result) == []
        definition = result.definition
        assert definition is not None
        assert definition.acts["repair"].who.named == "finding.mender"
        assert definition.acts["repair"].letters[0].posts == ("finding.mender",)
        assert sentences(definition, "3", "en")[0] == (
            "Repairer (the one named as “Mender”) at “Checked”: Repair; tell Mender; → “Done”."
        )
        assert sentences(definition, "3")[0].startswith("维修员（限“承修人”所写的人）在「已鉴定」维修；通知承修人")


def test_what_names_nobody_is_a_fault():
    assert told(written(kind="text")) == [("not-a-person", 54, "3"), ("not-a-person", 55, "3")]
    assert told(written(kind="post")) == [("not-a-person", 54, "3")]
    assert told(written(by='{ post = "repairer", named = "finding.nobody" }')) == [("unknown-field", 54, "3")]
    assert told(written(by='{ named = "finding.mender" }')) == [("who-unclear", 54, "3")]


def test_the_titles_of_the_posts_come_from_the_pack_and_go_with_its_duties():
    definition = read(changed(REPAIR, REPAIR) + DUTY).definition
    assert definition is not None
    assert definition.posts == {
        "clerk": Text("受理员", "Clerk"), "repairer": Text("维修员", "Repairer"), "head": Text("主任", "Head"),
    }  # fmt: skip
    assert duty_definition(definition, "report").posts == definition.posts
    assert sentences(definition, "3")[0].startswith("维修员在「已鉴定」")
    assert sentences(definition, "3", "zh", {})[0].startswith("Repairer在「已鉴定」")
