"""How the reader calls people, outlets and procedures: looked up once for a whole page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bihuan.people.models import OutletKey, Person

from ..definitions import procedure_to_open


class Names:
    """Names in one language, moments in one zone, as they are at ``at``; ``whole_phones``: numbers unmasked.

    ``hidden``: forms of the case in hand whose answers the reader may not read.
    """

    def __init__(
        self, language: str, zone: ZoneInfo, at: datetime, *, whole_phones: bool = True,
        hidden: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.whole_phones = whole_phones
        self.hidden = hidden
        self.language = language
        self.zone = zone
        self.at = at
        # by form: what the signers who each filled it for themselves are called, in the order of its answers
        self.signed: dict[str, tuple[str, ...]] = {}
        self._people: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._places: dict[str, str] = {}

    def learn(self, usernames: Iterable[str]) -> None:
        """Look up everybody who is going to be named, in one query."""
        unknown = {name for name in usernames if name} - self._people.keys()
        if unknown:
            found = Person.objects.filter(username__in=unknown).only("username", "name", "name_en")
            self._people.update({one.username: one.called(self.language) for one in found})
            self._people.update({name: name for name in unknown - self._people.keys()})

    def person(self, username: str) -> str:
        """What this account's person is called; a name without an account (an outside doer) as it was written."""
        self.learn([username])
        return self._people.get(username, username)

    def place(self, code: str) -> str:
        """What the outlet of this code is called; the code where there is none."""
        if code not in self._places:
            self._places |= {code: code} | outlet_names([code], self.language)
        return self._places[code]

    def kind(self, kind: str) -> str:
        """The title of the procedure in force for this kind of case; the kind itself where there is none."""
        if kind not in self._kinds:
            found = procedure_to_open(kind, self.at)
            self._kinds[kind] = found[1].title.say(self.language) if found else kind
        return self._kinds[kind]


def outlet_names(codes: Iterable[str], language: str) -> dict[str, str]:
    """Code → name of the outlets, in one query."""
    found = OutletKey.objects.filter(code__in=set(codes))
    return {one.code: (one.name_en if language == "en" else "") or one.name for one in found}
