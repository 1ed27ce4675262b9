"""The storm itself: several clients act at once while one after the other is killed under them."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from .client import Client, Reply
from .site import Furnished, Site, until
from .walking import Said, Standing, Walker

DEFAULT_SEED = 20260302
# who is killed how often for each turn of the wheel: the server and its helpers, the web server, its thread, the worker
WHEEL = ("postgres", "worker", "web", "backend", "web-worker", "postgres", "worker", "web")
# for many deaths: who is started again only after a pause that grows with every death is killed less often
LONG_WHEEL = (
    "backend", "web-worker", "backend", "web", "backend", "web-worker", "postgres", "backend", "web-worker", "worker",
    "backend", "web-worker", "backend", "web-worker", "backend", "postgres", "web-worker", "backend", "web", "backend",
)  # fmt: skip
LATEST = 0.25


def seed_of_today() -> int:
    """The storm's seed: BIHUAN_SEED, else always the same."""
    return int(os.environ.get("BIHUAN_SEED", DEFAULT_SEED))


@dataclass
class Ledger:
    """What the clients were told, and what was done to the site; filled by several threads."""

    answered: list[tuple[Said, Reply]] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    started: int = 0
    # while somebody is still to be killed the clients go on, however many acts they have done
    raging: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> list[tuple[Said, Reply]]:
        return [(said, reply) for said, reply in self.answered if reply.acknowledged]

    @property
    def asked_again(self) -> int:
        return sum(reply.tries - 1 for _said, reply in self.answered)

    def begin(self, most: int) -> bool:
        """Whether another act may be begun."""
        with self._lock:
            enough = sum(reply.acknowledged for _said, reply in self.answered) >= most
            if enough and not self.raging:
                return False
            self.started += 1
            return True

    def note(self, said: Said, reply: Reply) -> None:
        with self._lock:
            self.answered.append((said, reply))

    def told(self) -> str:
        refused = Counter(reply.status for _said, reply in self.answered if not reply.acknowledged)
        return (
            f"{len(self.acknowledged)} acts acknowledged, {sum(refused.values())} refused {dict(refused)}, "
            f"asked again {self.asked_again} times {dict(self.met)}, killed {dict(self.killed)}"
        )


@dataclass
class Storm:
    """``acts`` acknowledged acts by ``clients`` at once, with ``kills`` deaths on the way; all drawn from ``seed``."""

    site: Site
    furnished: Furnished
    seed: int
    acts: int
    kills: int
    clients: int = 4
    wheel: tuple[str, ...] = WHEEL
    # seconds the clients get to end after the last death
    patience: float = 420.0
    ledger: Ledger = field(default_factory=Ledger)
    _failures: list[BaseException] = field(default_factory=list)

    def rage(self) -> Ledger:
        """Returns once every act is answered and everybody killed has come back. Raises what a client raised."""
        threads = [threading.Thread(target=self._client, args=(number,)) for number in range(self.clients)]
        self.ledger.raging = self.kills > 0
        for thread in threads:
            thread.start()
        try:
            self._kill(Random(self.seed))
        finally:
            self.ledger.raging = False
            for thread in threads:
                thread.join(self.patience)
        if self._failures:
            raise self._failures[0]
        assert not any(thread.is_alive() for thread in threads), "a client hangs"
        until(self.site.complete, "everybody is back")
        return self.ledger

    def _kill(self, random: Random) -> None:
        """One death after the other, spread over the acts; each in the middle of something.

        Somebody has to have been answered since the last one: a site that is killed faster than it can rise proves
        nothing but that.
        """
        last = max(1, self.acts - 3)
        moments = sorted(random.sample(range(1, last), self.kills) if self.kills < last else range(1, last))
        for turn, moment in enumerate(moments):
            until(lambda now=moment: self.ledger.started >= now or self._failures, f"act {moment} is begun", 240.0)
            if self._failures:
                return
            heard = len(self.ledger.answered)
            if turn:
                until(lambda now=heard: len(self.ledger.answered) > now or self._failures, "an answer", 240.0)
            time.sleep(random.uniform(0.0, LATEST))
            name = self.wheel[turn % len(self.wheel)]
            until(lambda one=name: self.site.kill(one, random.choice), f"{name} can be killed")
            self.ledger.killed[name] += 1

    def _client(self, number: int) -> None:
        ports = self.site.ports[number % len(self.site.ports) :] + self.site.ports[: number % len(self.site.ports)]
        client = Client(ports[0], others=ports[1:])
        random = Random(self.seed * 1000 + number)
        walker = Walker(self.site, self.furnished, random)
        mine: list[str] = []
        try:
            while self.ledger.begin(self.acts):
                said = self._sentence(walker, mine, random)
                reply = client.post(self.furnished.tokens[said.person], said.path, said.body)
                self.ledger.note(said, reply)
                if reply.acknowledged and not said.case:
                    mine.append(reply.body["number"])
        except BaseException as failure:
            self._failures.append(failure)
        finally:
            self.ledger.met.update(client.met)
            client.close()
            walker.close()

    def _sentence(self, walker: Walker, mine: list[str], random: Random) -> Said:
        """Go on with a case of one's own, mostly; else open another, today or some days ago."""
        if mine and random.random() < 0.85:
            case = walker.standing(random.choice(mine[-3:]))
            children = walker.waiting_for(case)
            if children and random.random() < 0.7:
                case = walker.standing(random.choice(children))
            said = None if case.ended else walker.next(case, self._moment(case, random))
            if said is not None:
                return said
        ago = datetime.now().astimezone() - timedelta(minutes=random.randrange(0, 2880))
        return walker.opening("repair", "north", ago if random.random() < 0.7 else None)

    @staticmethod
    def _moment(case: Standing, random: Random) -> datetime | None:
        """Mostly now and not said; now and then a moment between the last act and now, as a phone would send it."""
        now = datetime.now().astimezone()
        if random.random() < 0.7 or case.state.moment >= now:
            return None
        return case.state.moment + (now - case.state.moment) * random.random()
