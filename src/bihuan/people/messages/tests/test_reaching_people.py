"""Letters reach whoever holds the post, once, in each of their ways, at a decent hour; what did not go says why."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import transaction
from tests.cast import MONDAY, make_site

from bihuan.journal import letters
from bihuan.journal.actions import NewEntry, lay_letter, write
from bihuan.journal.models import Letter
from bihuan.people import actions as people
from bihuan.people.errors import NotAllowed, WrongInput
from bihuan.people.messages import actions, queries
from bihuan.people.messages.models import Notice
from bihuan.people.messages.sending import MOST_TRIES, NotSent, send_by_library, send_due
from bihuan.people.messages.spreading import Spread, quiet_of, when

NIGHT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai


@pytest.fixture
def site(db: None):
    return make_site()


def told(
    to: str,
    key: str = "k1",
    *,
    verb: str = "dispatch",
    to_kind: str = "post",
    at: datetime = MONDAY,
    pressing: bool = False,
) -> Letter:
    with transaction.atomic():
        entry = write(
            NewEntry(chain="north", about_kind="case", about_id="1", about_number="J-1", verb=verb, doer="zhou",
                     done_at=at, recorded_at=at, content={})
        )  # fmt: skip
        lay_letter(entry.id, key, to_kind, to, f"J-1 {key}", "正文", pressing=pressing)
    return Letter.objects.get(key=key)


def spread(tmp_path: Path, now: datetime = MONDAY) -> None:
    letters.deliver(now, 100, Spread(letters.FileChannel(tmp_path), now))


class Sent(list):
    def __call__(self, address, title, body):
        self.append((address.target, title, body))


def test_a_letter_to_a_post_is_laid_before_everybody_who_holds_it_there_or_above(site, tmp_path):
    told("dispatcher@north")
    spread(tmp_path)
    assert [one.person.username for one in Notice.objects.order_by("person__username")] == ["zhou"]
    assert queries.unread(site.zhou) == 1
    assert queries.unread(site.wang) == 0
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


def test_a_leader_above_hears_of_the_outlet_below(site, tmp_path):
    told("leader@north")
    spread(tmp_path)
    assert queries.unread(site.qian) == 1


def test_a_letter_delivered_twice_is_there_once(site, tmp_path):
    told("dispatcher@north")
    spread(tmp_path)
    Letter.objects.update(state="waiting", next_try=MONDAY)
    spread(tmp_path)
    assert Notice.objects.count() == 1


def test_whose_post_has_ended_hears_nothing(site, tmp_path):
    people.end_post(site.zhou.holdings.get(), date(2026, 3, 1), by=None, at=MONDAY)
    told("dispatcher@north")
    spread(tmp_path)
    assert Notice.objects.count() == 0


def test_mail_goes_at_once_and_what_waits_for_one_address_goes_together(site, tmp_path):
    actions.add_address("mail", "zhou@example.com", by=site.zhou, at=MONDAY)
    for key in ("a", "b", "c"):
        told("dispatcher@north", key)
    spread(tmp_path)
    sent = Sent()
    assert send_due(MONDAY, 100, sent) == 3
    assert [(target, title) for target, title, _body in sent] == [("zhou@example.com", "3 条消息 / messages")]
    assert sent[0][2] == "· J-1 a\n· J-1 b\n· J-1 c"
    assert send_due(MONDAY + timedelta(hours=1), 100, sent) == 0


def test_quiet_hours_wait_for_the_morning_unless_the_clock_of_the_promise_does_not_rest(site, tmp_path):
    quiet = (time(22), time(7))
    actions.add_address("mail", "zhou@example.com", by=site.zhou, at=MONDAY, quiet=quiet)
    told("dispatcher@north", "calm", at=NIGHT)
    told("dispatcher@north", "late by days", verb="tick", at=NIGHT)
    told("dispatcher@north", "late by hours", verb="tick", at=NIGHT, pressing=True)
    spread(tmp_path, NIGHT)
    assert queries.unread(site.zhou) == 3  # in the house all of them are there at once
    sent = Sent()
    send_due(NIGHT, 100, sent)
    assert [title for _target, title, _body in sent] == ["J-1 late by hours"]
    [morning] = set(Notice.objects.filter(state="waiting").values_list("next_try", flat=True))
    assert morning == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # 07:00 the next morning
    send_due(morning, 100, sent)
    assert [body for _target, _title, body in sent[1:]] == ["· J-1 calm\n· J-1 late by days"]


def test_the_house_has_quiet_hours_for_whoever_has_none_of_their_own(site, tmp_path):
    actions.add_address("mail", "zhou@example.com", by=site.zhou, at=MONDAY)
    own = actions.add_address("mail", "early@example.com", by=site.zhou, at=MONDAY, quiet=(time(1), time(5)))
    told("dispatcher@north", "calm", at=NIGHT)
    quiet = quiet_of("12:00-13:30 21:00-07:30")
    letters.deliver(NIGHT, 100, Spread(letters.FileChannel(tmp_path), NIGHT, quiet))
    tries = dict(Notice.objects.filter(state="waiting").values_list("address__target", "next_try"))
    assert tries == {"zhou@example.com": datetime(2026, 3, 2, 23, 30, tzinfo=UTC), own.target: NIGHT}


@pytest.mark.parametrize(
    ("written", "local", "expected"),
    [
        ("12:00-13:30 21:00-07:30", "12:10", "13:30"),
        ("12:00-13:30 21:00-07:30", "13:30", "13:30"),
        ("21:00-07:30 07:30-08:30", "22:00", "08:30"),
        ("09:00-09:00", "09:00", "09:00"),
        ("00:00-12:00 12:00-00:00", "15:00", "15:00"),
        ("never", "03:00", "03:00"),
    ],
)
def test_quiet_hours_of_a_pack(site, written, local, expected):
    address = actions.add_address("mail", "a@example.com", by=site.zhou, at=MONDAY)
    at = datetime.fromisoformat(f"2026-03-02T{local}:00+08:00")
    assert when(address, at, quiet_of(written)).astimezone(at.tzinfo).strftime("%H:%M") == expected


def test_whoever_says_no_is_not_woken_by_what_presses(site):
    quiet = (time(22), time(7))
    asleep = actions.add_address("mail", "a@x.org", by=site.zhou, at=MONDAY, quiet=quiet, urgent_through=False)
    awake = actions.add_address("mail", "b@x.org", by=site.zhou, at=MONDAY, quiet=quiet)
    assert when(awake, NIGHT, pressing=True) == NIGHT
    assert when(asleep, NIGHT, pressing=True) == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "expected"),
    [("12:00", "12:00"), ("21:59", "21:59"), ("22:00", "07:00"), ("03:00", "07:00"), ("07:00", "07:00")],
)
def test_quiet_hours_that_pass_midnight(site, local, expected):
    address = actions.add_address("mail", "a@example.com", by=site.zhou, at=MONDAY, quiet=(time(22), time(7)))
    at = datetime.fromisoformat(f"2026-03-02T{local}:00+08:00")
    assert when(address, at).astimezone(at.tzinfo).strftime("%H:%M") == expected


def test_a_digest_goes_at_the_next_turn_of_its_clock(site):
    address = actions.add_address("mail", "a@example.com", by=site.zhou, at=MONDAY, digest_minutes=60)
    at = datetime.fromisoformat("2026-03-02T10:20:00+08:00")
    assert when(address, at) == datetime.fromisoformat("2026-03-02T11:00:00+08:00")


def test_what_does_not_go_is_tried_again_and_at_last_given_up_with_its_reason(site, tmp_path):
    actions.add_address("mail", "zhou@example.com", by=site.zhou, at=MONDAY)
    told("dispatcher@north")
    spread(tmp_path)

    def broken(address, title, body):
        raise NotSent("信箱满了")

    now = MONDAY
    for _try in range(MOST_TRIES):
        assert send_due(now, 100, broken) == 1
        now = Notice.objects.get(channel="mail").next_try
    notice = Notice.objects.get(channel="mail")
    assert (notice.state, notice.attempts, notice.last_error) == ("failed", MOST_TRIES, "信箱满了")
    assert queries.unread(site.zhou) == 1  # in the house it has been there all the time


def test_one_address_that_fails_holds_up_no_other(site, tmp_path):
    actions.add_address("mail", "bad@example.com", by=site.zhou, at=MONDAY)
    actions.add_address("mail", "good@example.com", by=site.zhou, at=MONDAY)
    told("dispatcher@north")
    spread(tmp_path)

    def send(address, title, body):
        if address.target.startswith("bad"):
            raise NotSent("no")

    send_due(MONDAY, 100, send)
    assert dict(Notice.objects.exclude(channel="in-app").values_list("address__target", "state")) == {
        "bad@example.com": "waiting",
        "good@example.com": "sent",
    }


def test_a_teams_robot_hears_what_its_post_hears(site, tmp_path):
    admin = people.add_person("root-of-it", "管理", None, is_administrator=True, by=None, at=MONDAY)
    actions.add_address("wecom", "0f1e2d3c-aaaa-bbbb-cccc-1234567890ab", by=admin, at=MONDAY, post="dispatcher",
                        outlet="north")  # fmt: skip
    told("dispatcher@north")
    spread(tmp_path)
    assert Notice.objects.filter(channel="wecom", person=None).count() == 1
    with pytest.raises(NotAllowed):
        actions.add_address("wecom", "0f1e2d3c-aaaa-bbbb-cccc-1234567890ab", by=site.zhou, at=MONDAY, post="dispatcher")


@pytest.mark.parametrize(
    ("channel", "target"),
    [("mail", "no-address"), ("mail", ""), ("pigeon", "x"), ("other", "nothing://"), ("wecom", "")],
)
def test_an_address_nobody_could_use_is_refused(site, channel, target):
    with pytest.raises(WrongInput):
        actions.add_address(channel, target, by=site.zhou, at=MONDAY)


def test_the_library_really_sends_and_a_closed_door_is_a_failure(site):
    got: list[dict] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Nothing to say."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    address = actions.add_address("other", f"json://127.0.0.1:{server.server_port}/in", by=site.zhou, at=MONDAY)
    send_by_library(address, "标题", "正文")
    thread.join(10)
    server.server_close()
    assert (got[0]["title"], got[0]["message"]) == ("标题", "正文")
    with pytest.raises(NotSent):
        send_by_library(address, "标题", "正文")


def test_pages_show_only_ones_own_and_the_log_is_for_administrators(site, client, tmp_path):
    told("dispatcher@north")
    spread(tmp_path)
    client.force_login(site.zhou)
    assert "J-1 k1" in client.get("/messages/").content.decode()
    assert client.get("/messages/log/").status_code == 403
    sent = {"channel": "mail", "target": "zhou@example.com", "quiet-from": "22:00", "quiet-until": "07:00"}
    assert client.post("/messages/settings/add/", sent).status_code == 302
    shown = client.get("/messages/settings/").content.decode()
    assert "zh***@example.com" in shown
    assert "zhou@example.com" not in shown
    wrong = client.post("/messages/settings/add/", sent | {"quiet-until": ""})
    assert wrong.status_code == 422
    assert client.post("/messages/read/").status_code == 302
    assert queries.unread(site.zhou) == 0
    key = queries.addresses(site.zhou).get().pk
    client.force_login(site.wang)
    assert client.post(f"/messages/settings/{key}/", {"remove": "1"}).status_code == 404
    assert "J-1 k1" not in client.get("/messages/").content.decode()
