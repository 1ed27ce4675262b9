"""A corrected line by a press, and a finding accepted with its reason: into what is typed, and nothing is saved."""

from __future__ import annotations

import pytest
from tests.cast import PASSWORD

from bihuan.registers.documents.models import Draft

GOOD, BAD = 'tell = ["leader"]', 'tell = ["leadr"]'


def words(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def author(at_desk):
    hands = at_desk("qian")
    hands.post("draft/start/")
    return hands


def checked(author, text: str, **sent: str):
    return author.post("draft/check/", {"text": text, "on": 1, **sent})


def test_a_press_writes_the_corrected_line_into_what_is_typed_and_checks_again(author):
    text = author.text().replace(GOOD, BAD, 1)
    page = checked(author, text)
    (fault,) = page.context["faults"]
    assert f'name="mend" value="{fault.key}"' in words(page)
    # what was typed meanwhile stays, and the fault is found again though its line has moved
    typed = text.replace("\n", "\n\n备注：刚加的一行\n", 1)
    answer = checked(author, typed, mend=fault.key)
    assert answer.status_code == 200
    assert answer.context["faults"] == []
    assert answer.context["text"] == typed.replace(BAD, GOOD, 1)
    assert f'data-jump="{fault.line + 2}"' in words(answer)
    assert "还没有存" in words(answer)
    assert Draft.objects.get().newest.number == 1


def test_what_is_not_there_any_more_changes_nothing(author):
    key = checked(author, author.text().replace(GOOD, BAD)).context["faults"][0].key
    answer = checked(author, author.text(), mend=key)
    assert (answer.status_code, answer.context["text"]) == (422, author.text())
    assert "已经不在了" in words(answer)


def test_a_shape_to_fill_in_has_no_button(author):
    page = checked(author, author.text().replace("within = ", "wthin_ = ", 1))
    assert [one.mends for one in page.context["faults"] if "…" in one.corrected] in ([], [False])
    assert any(not one.mends for one in page.context["faults"])


def test_a_finding_is_accepted_with_a_reason_written_under_its_clause(author):
    text = author.text()
    silent = text.replace('late = [{ tell = ["leader"] }]', "", 1)
    assert silent != text
    page = checked(author, silent)
    (finding,) = [one for one in page.context["findings"] if one.key.startswith("promise-unheard")]
    assert f'name="reason-{finding.key}"' in words(page)
    none = checked(author, silent, accept=finding.key)
    assert (none.status_code, none.context["text"]) == (422, silent)
    assert "请写明理由" in words(none)
    answer = checked(author, silent, accept=finding.key, **{f"reason-{finding.key}": '值班长"在场"'})
    assert answer.status_code == 200
    assert 'promise-unheard = "值班长\\"在场\\""' in answer.context["text"]
    assert finding.key not in {one.key for one in answer.context["findings"]}
    assert answer.context["faults"] == []
    assert Draft.objects.get().newest.number == 1


def test_somebody_who_may_not_write_presses_nothing(author, at_desk):
    author.save(author.text().replace('version = "1.0"', 'version = "1.1"'), 1)
    author.post("draft/send/")
    author.post("draft/sign/", {"role": "prepared", "password": PASSWORD})
    signer = at_desk("wu")
    assert signer.get("draft/").status_code == 200
    assert signer.post("draft/check/", {"text": "x", "on": 1, "mend": "x"}).status_code == 403
