"""What is said on a call beside its questions. An edition is added, never changed: what was said then can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection, transaction

from bihuan.ground.ids import new_id
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.customers.rights import may_word_calls

from .errors import ChangedMeanwhile, NotYours, WrongAnswer
from .models import Phrases

MOST, LONGEST_TITLE, LONGEST = 12, 40, 600


@dataclass(frozen=True)
class Phrase:
    """A title to find it by and the words, Chinese first; English may be missing."""

    title: str
    words: str
    title_en: str = ""
    words_en: str = ""


def newest() -> Phrases | None:
    """The edition in force; None while nobody has written one."""
    return Phrases.objects.order_by("-version").first()


def editions() -> list[Phrases]:
    """Every edition, the newest first."""
    return list(Phrases.objects.order_by("-version"))


def word_calls(phrases: Sequence[Phrase], seen: int, *, by: Person, at: datetime) -> Phrases:
    """Write the next edition over ``seen`` (0 = none was there), with one entry; the same again writes nothing.

    Raises ``NotYours``, ``WrongAnswer`` and ``ChangedMeanwhile`` where somebody else wrote one since.
    """
    if not may_word_calls(by, at):
        raise NotYours(Text("话术由管理回访的人修改", "Whoever leads the follow-ups settles the phrases"))
    _check(phrases)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('surveys phrases', 0))")
        last = newest()
        if seen != (last.version if last else 0):
            raise ChangedMeanwhile
        said = [asdict(one) for one in phrases]
        if last is not None and last.phrases == said:
            return last
        version = last.version + 1 if last else 1
        made = Phrases.objects.create(id=new_id(at), version=version, phrases=said, made_by=by.username, made_at=at)
        entry(HOUSE, "survey", str(made.pk), "word-calls", by, at, {"version": version, "phrases": said})
    return made


def _check(phrases: Sequence[Phrase]) -> None:
    if not phrases:
        raise WrongAnswer(Text("至少写一条话术", "Write at least one phrase"), "phrases")
    if len(phrases) > MOST:
        raise WrongAnswer(Text(f"至多 {MOST} 条话术", f"At most {MOST} phrases"), "phrases")
    for place, one in enumerate(phrases, start=1):
        if not one.title.strip() or not one.words.strip():
            words = Text(f"第 {place} 条：名称和话都要写", f"Phrase {place}: write its title and its words")
            raise WrongAnswer(words, "phrases")
        if max(len(one.title), len(one.title_en)) > LONGEST_TITLE or max(len(one.words), len(one.words_en)) > LONGEST:
            words = Text(
                f"第 {place} 条：名称不超过 {LONGEST_TITLE} 字，话不超过 {LONGEST} 字",
                f"Phrase {place}: a title of at most {LONGEST_TITLE} signs, words of at most {LONGEST}",
            )
            raise WrongAnswer(words, "phrases")
