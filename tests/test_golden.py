"""Golden histories: every kept history is replayed from the text and the calendars in its own file."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from bihuan.config import command
from bihuan.procedure import calendars, golden
from bihuan.procedure.deadlines import explain
from bihuan.procedure.engine import performing
from bihuan.procedure.engine.counting import calendar_label
from bihuan.procedure.reading import duty_definition, read_pack

FOLDER = Path(__file__).parent / "golden"
FILES = sorted(FOLDER.glob("*.json"))
REPAIR = next(path for path in FILES if path.name.startswith("integrator-04-repair"))


def put(entry, **fields):
    return msgspec.structs.replace(entry, **fields)


@pytest.fixture(scope="module")
def repair():
    kept = golden.read(REPAIR.read_bytes())
    return kept, golden.definition_of(kept)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_kept_history_replays_happening_by_happening_to_the_same_end(path):
    kept = golden.read(path.read_bytes())
    assert kept.histories
    assert [each.say("en") for each in golden.replayed(kept, path.name)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_promise_of_a_kept_history_is_counted_to_the_same_minute_again(path):
    kept = golden.read(path.read_bytes())
    whole = golden.definition_of(kept)
    by_label = {calendar_label(one): one for one in (calendars.read(bytes(each)) for each in kept.calendars)}
    count = 0
    for history in kept.histories:
        own = (
            whole if history.kind == whole.kind else duty_definition(whole, history.kind.removeprefix(f"{whole.kind}."))
        )
        for run in history.end.clocks:
            proof = explain(own, history.end, run.name, by_label[run.calendar], history.end.moment, run.run)
            assert proof.proved, (history.name, run.name, run.run, proof.due, proof.recounted)
            count += 1
    assert count > 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_kept_file_written_and_read_again_holds_the_same(path):
    """Not byte by byte: a field the state gains later stands in what is written then, with its default."""
    content = path.read_bytes()
    kept = golden.read(content)
    assert golden.read(golden.written(kept)) == kept
    assert json.loads(content)["format"] == 1


def test_the_kept_histories_show_every_sort_of_happening_the_packs_have():
    entries = [
        entry for path in FILES for history in golden.read(path.read_bytes()).histories for entry in history.entries
    ]
    assert {entry.kind for entry in entries} == {"start", "act", "tick", "child"}
    kinds = {happening.kind for entry in entries for happening in entry.happenings}
    assert kinds >= {
        "opened", "filled", "signed", "left", "entered", "ended", "letter", "effect", "child", "done", "corrected",
        "reassigned", "merged", "cancelled", "departed", "deadline-started", "deadline-met", "deadline-missed",
        "deadline-stopped", "deadline-void", "deadline-moved",
    }  # fmt: skip
    assert sum(path.stat().st_size for path in FILES) < 2_000_000


def test_an_engine_that_forgets_to_count_an_effect_is_named_with_history_entry_and_happening(monkeypatch, repair):
    kept, definition = repair
    monkeypatch.setattr(performing, "effect", lambda work, effect: None)
    parted = golden.replayed(kept, REPAIR.name, definition)
    with_effects = _first_effects(kept)
    assert [(each.history, each.entry, each.happening) for each in parted] == with_effects
    assert with_effects
    assert all('"kind":"effect"' in each.recorded for each in parted)
    assert parted[0].say("en").startswith(f"{REPAIR.name} · {parted[0].history} · entry {parted[0].entry}, happening ")


def _first_effects(kept):
    found = []
    for history in kept.histories:
        places = [
            (history.name, number, place)
            for number, entry in enumerate(history.entries)
            for place, happening in enumerate(entry.happenings)
            if happening.kind == "effect"
        ]
        found += places[:1]
    return found


def test_a_state_that_ends_otherwise_though_the_same_things_happened_is_named(repair):
    kept, definition = repair
    first = kept.histories[0]
    other = put(kept, histories=(put(first, end=put(first.end, revision=first.end.revision + 1)),))
    parted = golden.replayed(other, "x", definition)
    assert [(each.entry, each.recorded, each.replayed) for each in parted] == [
        (-1, f'{{"revision":{first.end.revision + 1}}}', f'{{"revision":{first.end.revision}}}')
    ]


def test_a_limit_changed_in_the_kept_text_is_refused_by_its_digest_and_noticed_by_the_replay(repair):
    kept, _definition = repair
    text = kept.text.replace('"4 hours"', '"5 hours"')
    assert text != kept.text
    with pytest.raises(golden.Unreadable):
        golden.read(golden.written(put(kept, text=text)))
    forged = put(kept, text=text, digest=golden.digest_of(kept.frame, text))
    assert golden.replayed(golden.read(golden.written(forged)), "x") != []


def test_a_grammar_nobody_reads_any_more_is_said_so(repair):
    kept, _definition = repair
    text = kept.text.replace("grammar = 1", "grammar = 99")
    with pytest.raises(golden.Unreadable):
        golden.replayed(put(kept, text=text, digest=golden.digest_of(kept.frame, text)), "x")


def test_recording_twice_gives_the_same_files_and_writes_over_none(tmp_path, capsys):
    pack = str(Path(__file__).parent / "packs" / "property")
    assert command.main(["golden", "record", pack, "--folder", str(tmp_path), "--most", "2"]) == 0
    [path] = tmp_path.iterdir()
    first = path.read_bytes()
    assert command.main(["golden", "record", pack, "--folder", str(tmp_path), "--most", "2"]) == 3
    [again] = golden.record(read_pack(pack).pack, 2)
    assert golden.written(again) == first
    assert command.main(["golden", "replay", "--folder", str(tmp_path), "--language", "en"]) == 0
    path.write_bytes(first.replace(b'"revision":', b'"revision":1', 1))
    capsys.readouterr()
    assert command.main(["golden", "replay", "--folder", str(tmp_path), "--language", "en"]) == 1
    assert "end state: The end differs" in capsys.readouterr().out


def test_a_file_that_is_no_history_is_named(tmp_path, capsys):
    (tmp_path / "broken.json").write_text("{}", encoding="utf-8")
    assert command.main(["golden", "replay", "--folder", str(tmp_path)]) == 1
    assert "broken.json" in capsys.readouterr().err
    assert command.main(["golden", "replay", "--folder", str(tmp_path / "none")]) == 2
    assert command.main(["golden", "record"]) == 2
