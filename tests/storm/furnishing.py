"""Run inside a site's environment: people, outlets and tokens, and the demonstration's cases if asked for.

``python -m tests.storm.furnishing PACK MOMENT [cases]`` prints who was made as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from django.utils import timezone  # noqa: E402

from bihuan.config import demonstration  # noqa: E402
from bihuan.people import actions as people  # noqa: E402
from bihuan.people.models import Holding, Person  # noqa: E402

# more hands than the demonstration has, so that "the same person" and "another person" mean something
MORE = {
    "zhao": ["repairer@north"],
    "zheng": ["repairer@north"],
    "xu": ["dispatcher@north", "clerk@north"],
    "he2": ["follow-up-clerk@north", "return-repair-clerk@north"],
}


def main(pack: Path, at: datetime, cases: bool) -> dict[str, object]:
    """Everybody with a token that lives a year from today, whatever day the site was furnished for."""
    if not cases:
        demonstration.read_examples = lambda *_given: _NoExamples  # no cases, please
    made = demonstration.furnish(pack, at)
    if made is None:
        raise SystemExit("the site has people already")
    for username, posts in MORE.items():
        person = people.add_person(username, username.title(), None, by=None, at=at)
        for words in posts:
            post, _at, outlet = words.partition("@")
            people.give_post(person, post, outlet, start=at.date() - timedelta(days=365), by=None, at=at)
        people.add_skill(person, "投影机", start=at.date() - timedelta(days=365), by=None, at=at)
    everybody = Person.objects.order_by("username")
    now = timezone.now()
    return {
        "tokens": {one.username: people.make_token(one, by=None, at=now, days=365) for one in everybody},
        "posts": {
            one.username: [[held.post, held.place] for held in Holding.objects.filter(person=one)] for one in everybody
        },
        "cases": made.cases,
    }


class _NoExamples:
    examples = ()


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), "cases" in sys.argv[3:]), sys.stdout)
