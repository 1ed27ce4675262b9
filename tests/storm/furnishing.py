"""Run inside a site's environment: outlets, people with tokens, what the registers need; weeks of cases if asked for.

``python -m tests.storm.furnishing PACK MOMENT [cases]`` prints who was made, and what an act may speak of, as JSON.
Without ``cases`` there are customers, devices, terms of warranty and prices, but no case.
"""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from django.utils import timezone  # noqa: E402

from bihuan.config import demonstration  # noqa: E402
from bihuan.config.demonstration.registers import Stock, fill_registers  # noqa: E402
from bihuan.config.demonstration.site import Made, make_people, make_places  # noqa: E402
from bihuan.people import actions as people  # noqa: E402
from bihuan.people.models import Holding, Person, Skill  # noqa: E402
from bihuan.procedure.reading import read_pack  # noqa: E402

# more hands than the demonstration has, so that "the same person" and "another person" mean something
MORE = {
    "zheng": ["repairer@north"],
    "he2": ["repairer@north", "return-repair-clerk@north"],
    "luo": ["dispatcher@north", "clerk@north", "follow-up-clerk@north"],
}
SKILL = "投影机"
A_YEAR = timedelta(days=365)


def main(pack: Path, at: datetime, cases: bool) -> dict[str, object]:
    """Everybody with a token that lives a year from today, whatever day the site was furnished for."""
    written = tomllib.loads((pack / "demo.toml").read_text(encoding="utf-8"))
    stock = Stock()
    if cases:
        made = demonstration.furnish(pack, at)
        if made is None:
            raise SystemExit("the site has people already")
    else:
        made, stock = _without_cases(pack, written, at)
    for username, posts in MORE.items():
        person = people.add_person(username, username.title(), None, by=None, at=at)
        for words in posts:
            post, _at, outlet = words.partition("@")
            people.give_post(person, post, outlet, start=(at - A_YEAR).date(), by=None, at=at)
        people.add_skill(person, SKILL, start=(at - A_YEAR).date(), by=None, at=at)
    everybody = Person.objects.order_by("username")
    now = timezone.now()
    return {
        "tokens": {one.username: people.make_token(one, by=None, at=now, days=365) for one in everybody},
        "posts": {
            one.username: [[held.post, held.place] for held in Holding.objects.filter(person=one)] for one in everybody
        },
        "skills": {
            one.username: sorted(Skill.objects.filter(person=one).values_list("name", flat=True)) for one in everybody
        },
        "devices": [_told(one) for one in stock.devices],
        "prices": {code: amount for code, _title, _english, _unit, amount in written["prices"]["list"]},
        "cases": made.cases,
    }


def _without_cases(pack: Path, written: dict[str, object], at: datetime) -> tuple[Made, Stock]:
    """The demonstration's house as it stands before its first call."""
    read = read_pack(pack).pack
    if read is None or Person.objects.exists():
        raise SystemExit("the pack cannot be read, or the site has people already")
    made = Made()
    make_places(written, read, pack, at)
    make_people(written, at, made)
    return made, fill_registers(written, at)


def _told(device: object) -> dict[str, str]:
    """What a caller would say of a device, by kind of question."""
    owner, bought = device.customer, device.bought
    return {
        "device": device.serial, "product": device.product.code, "outlet": owner.outlet,
        "date": bought.isoformat() if isinstance(bought, date) else str(bought), "customer": owner.name,
        "contact": owner.contact, "phone": owner.phone, "address": owner.address, "region": owner.region,
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), "cases" in sys.argv[3:]), sys.stdout)
