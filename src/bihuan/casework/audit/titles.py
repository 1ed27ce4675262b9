"""What entries are called in their documents: the act's title by document, version and verb."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from bihuan.journal.models import Entry
from bihuan.procedure.definition import Definition
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Document, Version

from ..definitions import _of_duty
from . import words


@lru_cache(maxsize=512)
def _of_version(version_id: object) -> tuple[Definition, ...]:
    whole = documents.definition_of(version_id)
    return (whole, *(_of_duty(version_id, name) for name in whole.duties))


def definitions(versions: Iterable[Version] | None = None) -> Iterator[Definition]:
    """Every procedure that ever ran a case, each version of it, with the small ones of its duties."""
    frozen = Version.objects.filter(state__in=(Version.APPROVED, Version.EFFECTIVE, Version.OBSOLETE))
    found = frozen.exclude(document__kind=Document.PACK) if versions is None else versions
    ids = found.values_list("pk", flat=True) if versions is None else [one.pk for one in versions]
    for version_id in ids:
        try:
            yield from _of_version(version_id)
        except ValueError:
            # a text nobody can read any more runs no case either
            continue


def posts_of(roles: Iterable[str]) -> set[str]:
    """The posts that ever were of one of these interface roles, in any pack this house ran by."""
    wanted = set(roles)
    frozen = Version.objects.filter(state__in=(Version.APPROVED, Version.EFFECTIVE, Version.OBSOLETE))
    found: set[str] = set()
    for frame in frozen.filter(document__kind=Document.PACK):
        found |= {name for name, post in documents.pack_of(frame).posts.items() if post.role in wanted}
    return found


class Titles:
    """Looked up once for a whole page."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def learn(self, entries: Iterable[Entry]) -> None:
        """Read the documents behind these entries."""
        wanted = {(one.document, one.version) for one in entries if one.document} - self._known.keys()
        numbers = {number for number, _version in wanted}
        found = Version.objects.filter(document__number__in=numbers).select_related("document").defer("text")
        by_name = {(one.document.number, one.version): one for one in found}
        for name in wanted:
            version = by_name.get(name)
            titles: dict[str, str] = {}
            for definition in definitions([version]) if version else ():
                titles |= {act.name: act.title.say(self.language) for act in definition.acts.values()}
            self._known[name] = titles

    def of(self, entry: Entry) -> str:
        """What was done, in words."""
        title = self._known.get((entry.document, entry.version), {}).get(entry.verb)
        return title or words.said(words.VERBS, entry.verb, self.language)
