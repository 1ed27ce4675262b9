"""Which post may do which act: every act at every step of every pack, asked of the engine and through the door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.cast import PACKS, fresh, make_site, told
from tests.cast.standing import OUTLET, Standing, holder, holders, standing, unreached
from tests.every_pack import FOLDERS, definitions_of, pack_of

from bihuan.casework.actions.keeping import surroundings_of
from bihuan.people import actions as people
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition
from bihuan.procedure.refusals import NotYours, Refusal
from bihuan.procedure.state import Doer, Offer

# these refuse because of who asks; any other reason is no matter of rights
NOT_THEIRS = 403


class House:
    """A pack in force, a case at each of its steps, a holder of each post, and a key for each of them."""

    def __init__(self, folder: Path) -> None:
        now = timezone.now()
        make_site(now, folder)
        self.people = holders(folder, now)
        self.keys = {post: people.make_token(one, by=one, at=now) for post, one in self.people.items()}
        self.cases = list(standing(folder, now))
        self.around = surroundings_of(OUTLET)
        self.client = Client(raise_request_exception=False)

    def expected(self, one: Standing, post: str) -> dict[str, Offer]:
        """What the engine says somebody may do who holds this post and nothing else ("" = no post at all)."""
        doer = Doer(holder(post) if post else self.people[""].username, ((post, OUTLET),) if post else ())
        offers = engine.allowed(one.definition, one.case.state, doer, timezone.now(), self.around)
        return {offer.act: offer for offer in offers}

    def offered(self, one: Standing, post: str) -> dict[str, bool] | int:
        """What the API offers the post, or the status it refuses with."""
        answer = self.client.get(f"/api/v1/cases/{one.case.number}", headers=self._key(post))
        if answer.status_code != 200:
            return answer.status_code
        return {offer["act"]: offer["allowed"] for offer in told(answer)["acts"]}

    def tried(self, one: Standing, post: str, action: str) -> int:
        """The status of doing it without a word; whatever it did is taken back."""
        said = json.dumps({"id": fresh(), "action": action, "answers": {}})
        with transaction.atomic():
            path = f"/api/v1/cases/{one.case.number}/acts"
            answer = self.client.post(path, said, content_type="application/json", headers=self._key(post))
            transaction.set_rollback(True)
        return answer.status_code

    def opened(self, kind: str, post: str) -> int:
        """The status of opening a case of this kind without a word."""
        said = json.dumps({"id": fresh(), "kind": kind, "answers": {}})
        with transaction.atomic():
            answer = self.client.post("/api/v1/cases", said, content_type="application/json", headers=self._key(post))
            transaction.set_rollback(True)
        return answer.status_code

    def may_open(self, definition: Definition, post: str) -> bool:
        """What the engine says of opening; that answers are missing is no matter of rights."""
        doer = Doer(holder(post), ((post, OUTLET),))
        try:
            engine.start(definition, doer, {}, {}, timezone.now(), self.around)
        except NotYours:
            return False
        except Refusal:
            return True
        return True

    def _key(self, post: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.keys[post]}"}


@pytest.mark.django_db
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_act_of_every_step_is_open_to_the_posts_the_text_names_and_to_nobody_else(folder: Path):
    house = House(folder)
    wrong = []
    for turn, one in enumerate(house.cases):
        where = f"{one.definition.kind} {one.case.step}"
        expected = {post: house.expected(one, post) for post in house.people}
        for post in asking(expected, turn):
            wanted = {name: offer.allowed for name, offer in expected[post].items()} if post else 404
            offered = house.offered(one, post)
            if offered != wanted:
                wrong.append(f"{where}: {post or 'no post'} is offered {offered}, not {wanted}")
        if house.tried(one, "", next(iter(expected[""]), "none")) != 404:
            wrong.append(f"{where}: somebody without a post is not told that there is no such case")
        for action in next(iter(expected.values())):
            wrong += [f"{where}: {words}" for words in tried_wrongly(house, one, action, expected)]
    assert wrong == []
    assert openings_wrongly(house, folder) == []


def asking(expected: dict[str, dict[str, Offer]], turn: int) -> list[str]:
    """Nobody, and of the posts that may do the same one each; which one, goes round from step to step."""
    alike: dict[tuple[tuple[str, bool], ...], list[str]] = {}
    for post, offers in expected.items():
        if post:
            alike.setdefault(tuple((name, offer.allowed) for name, offer in offers.items()), []).append(post)
    return ["", *(posts[turn % len(posts)] for posts in alike.values())]


def openings_wrongly(house: House, folder: Path) -> list[str]:
    """Who may open what: every procedure that is opened by hand, every post."""
    found = []
    for definition in definitions_of(folder):
        if not definition.opening.by_hand:
            continue
        for post in house.people:
            status = house.opened(definition.kind, post)
            may = bool(post) and house.may_open(definition, post)
            if (status == NOT_THEIRS) == may or status >= 500:
                found.append(f"{definition.kind}: {post or 'no post'} opening it is answered {status}")
    return found


def tried_wrongly(house: House, one: Standing, action: str, expected: dict[str, dict[str, Offer]]) -> list[str]:
    """What went wrong when one post that may do it and one that may not tried."""
    may = [post for post, offers in expected.items() if post and offers[action].allowed]
    # putting right what oneself just wrote is open beyond the posts named, but not without saying what
    may.sort(key=lambda post: post not in expected[post][action].posts)
    may_not = [post for post, offers in expected.items() if post and offers[action].code == "not-yours"]
    found = []
    for post in may[:1]:
        status = house.tried(one, post, action)
        if status in (NOT_THEIRS, 404) or status >= 500:
            found.append(f"{post} may {action} and is answered {status}")
    for post in may_not[:1]:
        status = house.tried(one, post, action)
        if status != NOT_THEIRS:
            found.append(f"{post} may not {action} and is answered {status}")
    return found


def test_every_step_of_every_pack_is_stood_at_or_said_why_not():
    """A step without a case would be a step without an expectation."""
    missing = {
        f"{folder.name}/{definition.kind}": unreached(definition, folder)
        for folder in FOLDERS
        for definition in definitions_of(folder)
    }
    assert {name: steps for name, steps in missing.items() if steps} == {}


def test_the_packs_name_posts_and_so_does_this_table():
    assert (PACKS / "integrator").resolve() in [folder.resolve() for folder in FOLDERS]
    assert all(pack_of(folder).posts for folder in FOLDERS)
